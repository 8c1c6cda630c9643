/** The commands beside train, as a person runs them. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand } from './command.ts';
import { makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

describe('commands', () => {
  let workplace: string;
  beforeAll(async () => {
    workplace = await makeWorkplace();
  });

  test('generate writes a folder in SpaceR-151k form', async () => {
    const ended = await runCommand(
      workplace,
      'generate --config tiny.yaml --out mine --scenes 2 --seed 3'.split(' '),
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^train: 6 questions$/m);
    const splits = readdirSync(join(workplace, 'mine'));
    expect(splits.map((name) => name.split('-')[0]).sort()).toEqual(['test', 'train']);
    const train = join(
      workplace,
      'mine',
      splits.find((name) => name.startsWith('train'))!,
    );
    expect(readdirSync(train)).toEqual(expect.arrayContaining(['SpaceR-151k.jsonl', 'videos']));
  });

  test('a wrong config key is one message with file, line and column', async () => {
    writeFileSync(join(workplace, 'wrong.yaml'), 'steps: 4\npromptsPerStepp: 2\n');
    const ended = await runCommand(workplace, ['train', '--config', 'wrong.yaml']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/wrong\.yaml, line 2, column 1/);
    expect(ended.stderr).toContain('promptsPerStep');
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(workplace, 'runs'))).toBe(false);
  });

  test('plugins and help name what is there', async () => {
    const plugins = await runCommand(workplace, ['plugins']);
    for (const name of ['policy onnx', 'dataset rooms', 'reward map', 'objective grpo']) {
      expect(plugins.stdout).toContain(name);
    }
    const help = await runCommand(workplace, ['train', '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('evaluate.questions');
  });
});
