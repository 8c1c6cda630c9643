/** Templates of our own against conversations as the published Qwen3-VL templates render them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Message } from '@loci/core';
import { createChatTemplate } from '../../../src/text/chat-template.ts';

const FOLDER = import.meta.dirname;

interface Rendered {
  readonly case: string;
  readonly messages: readonly Message[];
  readonly instruct: string;
  readonly thinking: string;
}

const rendered = JSON.parse(
  readFileSync(join(FOLDER, 'facts/rendered.json'), 'utf8'),
) as readonly Rendered[];

describe.each(['instruct', 'thinking'] as const)('the %s template', (kind) => {
  const render = createChatTemplate(readFileSync(join(FOLDER, `templates/${kind}.jinja`), 'utf8'));

  test.each(rendered)('renders "$case" as the published one', (conversation) => {
    expect(render(conversation.messages)).toBe(conversation[kind]);
  });
});
