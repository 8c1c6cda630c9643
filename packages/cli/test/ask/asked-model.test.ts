import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN } from '@loci/core';
import { askedModel } from '../../src/ask/asked-model.ts';
import type { AskFlags } from '../../src/flags.ts';

const place = mkdtempSync(join(tmpdir(), 'loci-asked-'));
const io = { userDirectory: place };

function write(path: string, text: string): void {
  mkdirSync(join(place, path, '..'), { recursive: true });
  writeFileSync(join(place, path), text);
}

const state = (step: number): string =>
  JSON.stringify({ version: 1, step, seed: 1, samplesSeen: 0, failedGroups: {} });

write('model/config.json', '{}');
write('model/model.safetensors', '');
write('start/config.json', '{}');
write('start/recipe.json', '{}');
for (const run of ['run', 'best', 'empty']) {
  write(`${run}/config.yaml`, JSON.stringify({ ...DEFAULT_RUN, prompt: { use: 'compact' } }));
}
for (const run of ['run', 'best']) {
  for (const step of [10, 20]) {
    write(`${run}/checkpoints/step-0000${step}/trainer-state.json`, state(step));
    write(`${run}/checkpoints/step-0000${step}/config.json`, '{}');
  }
}
write(
  'best/checkpoints/best.json',
  JSON.stringify({ step: 10, figure: 'reward', value: 3, directory: 'step-000010' }),
);

const found = (model: string, more: Partial<AskFlags> = {}) =>
  askedModel({ model, media: [], question: '', option: [], set: [], ...more }, io);
const checkpoint = (run: string, step: number): string =>
  join(place, run, 'checkpoints', `step-0000${step}`);

describe('the model of ask', () => {
  test('a model folder gets the long prompt; a start model and a named prompt stay unchanged', () => {
    expect(found('model').source.set).toEqual([
      `policy.model="${place}/model"`,
      'prompt=map-imagination',
    ]);
    expect(found('start').source.set).toEqual([`policy.model="${place}/start"`]);
    expect(found('model', { set: ['prompt=compact'] }).source.set).toEqual([
      `policy.model="${place}/model"`,
      'prompt=compact',
    ]);
    expect(found('{use: openai, model: m}').source.set?.[0]).toBe('policy={use: openai, model: m}');
  });

  test.each([
    ['run', undefined, 'run', 20],
    ['run', '10', 'run', 10],
    ['best', undefined, 'best', 10],
    ['best', 'latest', 'best', 20],
    ['best', 'best', 'best', 10],
    ['run/checkpoints/step-000010', undefined, 'run', 10],
  ])(
    '%s with --checkpoint %s is the step %s/%d, in the run’s own config',
    (model, which, run, step) => {
      const { source, name, change } = found(
        model,
        which === undefined ? {} : { checkpoint: which },
      );
      expect(name).toBe(checkpoint(run, step));
      expect(source).toMatchObject({
        stored: join(place, run, 'config.yaml'),
        set: [`policy.model="${checkpoint(run, step)}"`],
      });
      expect(change(DEFAULT_RUN)).toMatchObject({ rewards: [], sinks: [] });
    },
  );

  test.each([
    ['empty', {}, /without a complete checkpoint: let it train/],
    ['run', { checkpoint: 'best' }, /keeps no best checkpoint.*--checkpoint latest/],
    ['run', { checkpoint: '7' }, /no checkpoint step-000007; .* one of the steps 10, 20/],
    ['model', { checkpoint: 'latest' }, /--checkpoint chooses a checkpoint of a run/],
    ['model/model.safetensors', {}, /name its folder, .*model$/],
    ['none', {}, /no folder .*none/],
  ])('%s %j is an error that names the remedy', (model, more, message) => {
    expect(() => found(model, more)).toThrow(message);
  });
});
