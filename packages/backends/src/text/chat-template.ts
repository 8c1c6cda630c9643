/** Conversations as the text that the model was trained on, by the Jinja template of its folder. */
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { LociError, messageOf } from '@loci/core';
import type { Message } from '@loci/core';
import { z } from 'zod';
import { readModelJson, readModelText } from './model-file.ts';

/** Renders a conversation and the opening of the assistant's turn; each medium leaves one placeholder. */
export type ChatTemplate = (messages: readonly Message[]) => string;

const named = z.array(z.object({ name: z.string(), template: z.string() }));
const holder = z.object({ chat_template: z.union([z.string(), named]).optional() });

/** The template's source, from whichever file of the folder holds it. */
async function readSource(folder: string): Promise<string | undefined> {
  const text = await readModelText(join(folder, 'chat_template.jinja'));
  if (text !== undefined) return text;
  for (const name of ['chat_template.json', 'tokenizer_config.json']) {
    const found = holder.safeParse(await readModelJson(join(folder, name)));
    const template = found.data?.chat_template;
    if (typeof template === 'string') return template;
    const byDefault = template?.find((entry) => entry.name === 'default') ?? template?.[0];
    if (byDefault) return byDefault.template;
  }
  return undefined;
}

/**
 * Reads the chat template of a model folder: `chat_template.jinja`, `chat_template.json`, or the key `chat_template` of
 * `tokenizer_config.json`.
 *
 * @throws LociError `model-file` when there is none, or none that can be parsed.
 */
export async function readChatTemplate(folder: string): Promise<ChatTemplate> {
  const source = await readSource(folder);
  if (source === undefined) {
    throw new LociError(
      'model-file',
      `${folder} has no chat template: tokenizer_config.json needs the key "chat_template"`,
    );
  }
  try {
    return createChatTemplate(source);
  } catch (cause) {
    throw new LociError('model-file', `chat template of ${folder}: ${messageOf(cause)}`, { cause });
  }
}

/** A template from its Jinja source. */
export function createChatTemplate(source: string): ChatTemplate {
  const template = new Template(source);
  return (messages) =>
    template.render({
      add_generation_prompt: true,
      messages: messages.map(({ role, parts }) => ({
        role,
        content: parts.map((part) =>
          part.type === 'text'
            ? { type: 'text', text: part.text }
            : { type: part.media.kind, [part.media.kind]: part.media.path },
        ),
      })),
    });
}
