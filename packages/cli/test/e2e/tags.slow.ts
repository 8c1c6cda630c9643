/** Whole trainings on models whose tags are not the usual ones: opened by the chat template, or special tokens of the tokenizer. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RolloutLine } from '@loci/core';
import { runCommand } from './command.ts';
import { loggedFigure } from './workplace.ts';

jest.setTimeout(300_000);

const START_MODEL = join(import.meta.dirname, '../../assets/start-model');
const CONFIG = `
steps: 1
promptsPerStep: 2
evaluate: { questions: 0 }
dataset: { folder: ./rooms, trainScenes: 4, testScenes: 2 }
sampler: { completionsPerPrompt: 4 }
`;
const TAGS = ['<think>', '</think>', '<answer>', '</answer>', '<map>', '</map>'];

interface Tokenizer {
  readonly added_tokens: readonly { readonly content: string; readonly special: boolean }[];
}

let workplace: string;
beforeAll(() => {
  workplace = mkdtempSync(join(tmpdir(), 'loci-tags-'));
  writeFileSync(join(workplace, 'small.yaml'), CONFIG);
});

/** A copy of the start model with one of its JSON files changed. */
function variant<Content>(name: string, file: string, change: (content: Content) => object): void {
  const folder = join(workplace, name);
  cpSync(START_MODEL, folder, { recursive: true });
  const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Content;
  writeFileSync(join(folder, file), JSON.stringify(change(content)));
}

const train = (model: string) =>
  runCommand(workplace, [
    ...['train', '--config', 'small.yaml', '--set', `policy.model=./${model}`],
    ...['--run', `runs/${model}`],
  ]);

function rolloutsOf(model: string): readonly RolloutLine[] {
  const text = readFileSync(join(workplace, 'runs', model, 'rollouts.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RolloutLine);
}

describe('a chat template that opens the thinking', () => {
  beforeAll(async () => {
    variant<{ chat_template: string }>('opening', 'tokenizer_config.json', (config) => ({
      ...config,
      chat_template: config.chat_template.replace(
        '<|im_start|>assistant\n{% endif %}',
        '<|im_start|>assistant\n<think>{% endif %}',
      ),
    }));
    expect(await train('opening')).toMatchObject({ code: 0, stderr: '' });
  });

  test('counts: the form of a completion is judged with it, and it is no part of its text', () => {
    const format = loggedFigure(join(workplace, 'runs/opening'), 'reward/format').get(1)!;
    expect(format).toBeGreaterThan(0.5);
    for (const { opened, text, outcomes } of rolloutsOf('opening')) {
      const isNested = text.includes('<think>');
      expect(opened).toBe('<think>');
      expect(outcomes['format']).toMatchObject(isNested ? { value: 0 } : { status: 'scored' });
    }
    expect(rolloutsOf('opening').some(({ text }) => !text.includes('<think>'))).toBe(true);
  });

  test('counts when the rollouts are scored again, and is shown in the report', async () => {
    const config = ['--config', 'runs/opening/config.yaml'];
    const rollouts = ['--rollouts', 'runs/opening/rollouts.jsonl'];
    const again = await runCommand(workplace, ['score', ...config, ...rollouts]);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('Nothing changed');
    const page = readFileSync(join(workplace, 'runs/opening/report.html'), 'utf8');
    expect(page).toContain('title="opened by the prompt">&lt;think&gt;</span>');
  });
});

test('tags that are special tokens reach rewards and rollouts as other tags do', async () => {
  variant<Tokenizer>('special', 'tokenizer.json', (tokenizer) => ({
    ...tokenizer,
    added_tokens: tokenizer.added_tokens.map((token) =>
      TAGS.includes(token.content) ? { ...token, special: true } : token,
    ),
  }));
  variant<object>('usual', 'tokenizer.json', (tokenizer) => tokenizer);
  expect(await train('special')).toMatchObject({ code: 0, stderr: '' });
  expect(await train('usual')).toMatchObject({ code: 0, stderr: '' });
  expect(rolloutsOf('special')).toEqual(rolloutsOf('usual'));
  expect(rolloutsOf('special').some(({ text }) => text.includes('<answer>'))).toBe(true);
});

test('a tag that ends completions is refused at the start, with its file', async () => {
  const { added_tokens } = JSON.parse(
    readFileSync(join(START_MODEL, 'tokenizer.json'), 'utf8'),
  ) as { added_tokens: readonly { readonly id: number; readonly content: string }[] };
  const id = added_tokens.find(({ content }) => content === '</answer>')!.id;
  variant<{ eos_token_id: readonly number[] }>('ending', 'generation_config.json', (config) => ({
    ...config,
    eos_token_id: [...config.eos_token_id, id],
  }));
  const ended = await train('ending');
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain(`generation_config.json: "eos_token_id" holds ${id}, which is`);
});
