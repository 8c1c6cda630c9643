import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openTuning } from '../../src/engine/open-tuning.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const at = (name: string) => join(folder.path, name);
const model = at('model');
const tiny = await writeTinyModel(model);
afterAll(folder.remove);

test('an adapter of another base gives a warning', async () => {
  const { lora } = { lora: { rank: 1, modules: ['q_proj'] } };
  const { trained, store } = await openTuning(model, tiny, { lora });
  await store.save(at('made'), trained);
  const file = join(at('made'), 'adapter_config.json');
  const json = JSON.parse(await readFile(file, 'utf8')) as object;
  const warnings: string[] = [];
  const opened = () =>
    openTuning(model, tiny, {
      lora: { adapter: at('made') },
      warn: (message) => void warnings.push(message),
    });
  await opened();
  expect(warnings).toEqual([]);
  const base_model_name_or_path = 'Qwen/Qwen2.5-VL-3B-Instruct';
  await writeFile(file, JSON.stringify({ ...json, base_model_name_or_path }));
  await opened();
  expect(warnings).toEqual([
    expect.stringMatching(/made was trained on Qwen\/.*-3B-Instruct, but is loaded onto /),
  ]);
  await writeFile(file, JSON.stringify({ ...json, base_model_name_or_path, r: 2 }));
  await expect(opened()).rejects.toThrow(/should be \[2, 16\].*was trained on Qwen/);
});
