/** Qwen3-VL from a start model to a merged adapter, as a person runs it. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand } from './command.ts';
import { QUICK, loggedFigure, makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

/** An adapter on both towers, two steps, no evaluation. */
const TRAIN = [
  ...'train --config tiny.yaml --set evaluate.questions=0 --set schedule=constant'.split(' '),
  ...'--set policy.lora.rank=2 --set policy.lora.vision=true'.split(' '),
  ...QUICK,
];

describe('Qwen3-VL', () => {
  let workplace: string;
  beforeAll(async () => {
    workplace = await makeWorkplace('qwen3-vl');
  });
  const run = async (words: readonly string[]) => {
    const ended = await runCommand(workplace, words);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout;
  };
  const json = (...path: string[]) =>
    JSON.parse(readFileSync(join(workplace, ...path), 'utf8')) as Record<string, unknown>;

  test('trains; a resumed run has the losses of an uninterrupted one', async () => {
    const whole = await run([...TRAIN, '--run', 'whole', '--set', 'steps=2']);
    expect(whole.split('\n').filter((line) => line.startsWith('step '))).toHaveLength(2);
    await run([...TRAIN, '--run', 'parts', '--set', 'steps=1']);
    const resumed = await run(['train', '--resume', 'parts', '--set', 'steps=2']);
    expect(resumed).toMatch(/going on after step 1$/m);
    const [expected, found] = ['whole', 'parts'].map((name) =>
      loggedFigure(join(workplace, name), 'loss/total'),
    );
    expect(expected!.size).toBe(2);
    expect(found).toEqual(expected);
    const prompts = readFileSync(join(workplace, 'whole/rollouts.jsonl'), 'utf8');
    expect(prompts.trimEnd().split('\n')).toHaveLength(2 * 2 * 4);
  });

  test('its adapter is merged, and the merged model evaluated', async () => {
    const adapter = 'whole/checkpoints/step-000002';
    expect(readdirSync(join(workplace, adapter))).toContain('adapter_config.json');
    const merged = await run(['merge', '--model', 'model', '--adapter', adapter, '--to', 'merged']);
    expect(merged).toMatch(/^\d\d layers merged; written to .*merged$/m);
    expect(json('merged/config.json')).toEqual(json('model/config.json'));
    const asked = await run(
      'evaluate --config tiny.yaml --policy merged --items 2 --look --out asked'.split(' '),
    );
    expect(asked).toMatch(/^headline .* \d+\.\d \[/m);
    expect(asked).toMatch(/^first frame only +\d/m);
    expect(asked).toMatch(/frames .*shown: 4 frames of \d+×\d+/);
  });

  test('a start model is made of it from a recipe', async () => {
    const recipe = {
      architecture: 'qwen3-vl',
      rooms: 2,
      questionsPerRoom: 1,
      warmUp: { steps: 1, batch: 2, learningRate: 1e-3 },
      supervised: { steps: 1, batch: 2, learningRate: 1e-3 },
    };
    writeFileSync(join(workplace, 'recipe.json'), JSON.stringify(recipe));
    await run('pretrain --recipe recipe.json --config tiny.yaml --out start'.split(' '));
    expect(json('start/recipe.json')).toMatchObject(recipe);
    expect(json('start/config.json')).toMatchObject({ model_type: 'qwen3_vl' });
    const losses = readFileSync(join(workplace, 'start/pretrain-metrics.jsonl'), 'utf8');
    expect(losses.match(/"loss":\d/g)).toHaveLength(2);
    const asked = await run(
      'evaluate --config tiny.yaml --policy start --items 2 --out answers'.split(' '),
    );
    expect(asked).toMatch(/frames .*shown: \d frames of 96×64/);
  });
});
