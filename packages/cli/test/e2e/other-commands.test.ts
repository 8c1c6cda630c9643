/** The commands beside train, as a person runs them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openTuning, readModel } from '@loci/backends/internal';
import { runCommand } from './command.ts';
import { makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

describe('commands', () => {
  let workplace: string;
  beforeAll(async () => {
    workplace = await makeWorkplace();
  });

  test('merge puts an adapter into a model, and evaluate takes it as it is', async () => {
    const model = join(workplace, 'model');
    const { trained, store } = await openTuning(model, await readModel(model), {
      lora: { rank: 2, modules: ['q_proj', 'v_proj'] },
    });
    await store.save(
      join(workplace, 'adapter'),
      trained.map((_, index) => Math.sin(index)),
    );
    const merging = 'merge --model model --adapter adapter --to merged';
    const merged = await runCommand(workplace, merging.split(' '));
    expect(merged).toMatchObject({ code: 0, stderr: '' });
    expect(merged.stdout).toMatch(/^4 layers merged; written to .*merged$/m);
    // The config of a run that trained an adapter, as it stands: the one that is asked takes its place.
    const config = readFileSync(join(workplace, 'tiny.yaml'), 'utf8');
    const lora = config.replace('policy: {', 'policy: { lora: { rank: 3 },');
    writeFileSync(join(workplace, 'lora.yaml'), lora);
    const words = 'evaluate --config lora.yaml --policy adapter --items 2 --out asked';
    const ended = await runCommand(workplace, words.split(' '));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^headline .* \d+\.\d \[/m);
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

  test('plugins and help list plugins and keys', async () => {
    const plugins = await runCommand(workplace, ['plugins']);
    for (const name of ['policy onnx', 'dataset rooms', 'reward map', 'objective grpo']) {
      expect(plugins.stdout).toContain(name);
    }
    const help = await runCommand(workplace, ['train', '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('evaluate.questions');
  });
});
