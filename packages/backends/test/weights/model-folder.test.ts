import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openCheckpoint } from '../../src/weights/safetensors.ts';
import { writeCheckpoint } from '../../src/weights/safetensors-write.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
await writeTinyModel(model);
afterAll(folder.remove);

const open = (settings = {}) => openOnnxPolicy({ model, threads: 1, ...settings });

describe('model folders', () => {
  test('saving writes Hugging Face layout, replaces what was there, and leaves nothing beside it', async () => {
    const policy = await open();
    const target = join(folder.path, 'saved');
    try {
      await policy.save(target, { optimizer: true });
      await policy.save(target, { optimizer: false });
      expect((await readdir(target)).sort()).toEqual(
        [...(await readdir(model))].filter((name) => !name.endsWith('.tmp')).sort(),
      );
      const saved = await openCheckpoint(target);
      const original = await openCheckpoint(model);
      expect([...saved.entries.keys()].sort()).toEqual([...original.entries.keys()].sort());
      const name = 'model.layers.1.mlp.up_proj.weight';
      expect(await saved.readFloats(name)).toEqual(await original.readFloats(name));
      await Promise.all([saved.close(), original.close()]);
      const beside = (await readdir(folder.path)).filter((entry) => entry.startsWith('saved'));
      expect(beside).toEqual(['saved']);
    } finally {
      await policy.dispose();
    }
  });

  test('a folder of links, as caches of Hugging Face are, is saved with all its files', async () => {
    const [links, target] = [join(folder.path, 'links'), join(folder.path, 'of-links')];
    await mkdir(links);
    for (const name of await readdir(model)) await symlink(join(model, name), join(links, name));
    await symlink(join(folder.path, 'nowhere'), join(links, 'dangling.json'));
    const policy = await open({ model: links });
    try {
      await policy.save(target, { optimizer: false });
      expect((await readdir(target)).sort()).toEqual((await readdir(model)).sort());
      await (await open({ model: target })).dispose();
    } finally {
      await policy.dispose();
    }
  });

  test('the state of the run that made the base is not that of the run that saves', async () => {
    const target = join(folder.path, 'of-checkpoint');
    const base = join(folder.path, 'step-000010');
    const first = await open();
    await first.save(base, { optimizer: true });
    await first.dispose();
    await writeFile(join(base, 'trainer-state.json'), '{ "step": 10 }');
    const policy = await open({ model: base });
    await policy.save(target, { optimizer: false });
    await policy.dispose();
    expect((await readdir(target)).sort()).toEqual((await readdir(model)).sort());
  });

  test('moments that cannot be looked at are no moments that are not there', async () => {
    const policy = await open();
    const target = join(folder.path, 'looped');
    try {
      await policy.save(target, { optimizer: false });
      await symlink('optimizer.safetensors', join(target, 'optimizer.safetensors'));
      await expect(policy.load(target)).rejects.toThrow('ELOOP');
    } finally {
      await policy.dispose();
    }
  });

  test('a missing tensor, a misshapen one and a truncated file are named', async () => {
    const policy = await open();
    const broken = join(folder.path, 'broken');
    try {
      await policy.save(broken, { optimizer: false });
      const file = join(broken, 'model.safetensors');
      const checkpoint = await openCheckpoint(file);
      const tensors = await Promise.all(
        [...checkpoint.entries.values()].map(async ({ name, shape }) => ({
          name,
          shape,
          data: await checkpoint.readFloats(name),
        })),
      );
      await checkpoint.close();
      const changed = tensors
        .filter(({ name }) => name !== 'model.norm.weight')
        .map((tensor) =>
          tensor.name === 'visual.merger.ln_q.weight' ? { ...tensor, shape: [2, 4] } : tensor,
        );
      await writeCheckpoint(file, changed);
      await expect(policy.load(broken)).rejects.toMatchObject({
        code: 'checkpoint-mismatch',
        message: expect.stringMatching(
          /missing \(1\): "model.norm.weight"; of another shape \(1\): "visual.merger.ln_q.weight" is \[2, 4\] and should be \[8\]/,
        ),
      });
      const { length } = await readFile(file);
      await truncate(file, length - 100);
      await expect(policy.load(broken)).rejects.toMatchObject({ code: 'checkpoint-unreadable' });
      await expect(policy.load(join(folder.path, 'nowhere'))).rejects.toMatchObject({
        code: 'checkpoint-unreadable',
      });
    } finally {
      await policy.dispose();
    }
  });
});
