/** A folder of questions about scenes has one writer, and nothing is left of one that was killed. */
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ExcludeList, readBoxes, sceneRecipeSchema, writeScenes } from '../../src/index.ts';
import { makeScene } from './made-scenes.ts';

const logger = { info: () => undefined, warn: () => undefined };

test('two that write one folder at once: one is refused; half a folder of a killed one goes away', async () => {
  const scenes = Array.from({ length: 6 }, (_, index) => makeScene(index));
  const file = join(await mkdtemp(join(tmpdir(), 'loci-scenes-')), 'scenes.json');
  await mkdir(join(dirname(file), 'videos'));
  for (const { video } of scenes) await writeFile(join(dirname(file), video), 'video');
  await writeFile(file, JSON.stringify({ scenes }));
  const what = {
    folder: join(dirname(file), 'out'),
    read: [await readBoxes(file)],
    exclude: new ExcludeList([]),
    recipe: sceneRecipeSchema.parse({}),
  };
  await mkdir(`${what.folder}.unfinished`);
  await writeFile(join(`${what.folder}.unfinished`, 'SpaceR-151k.jsonl'), '{"pro');
  const [first, second] = await Promise.allSettled([
    writeScenes(what, logger),
    writeScenes(what, logger),
  ]);
  expect(first).toMatchObject({ status: 'fulfilled' });
  expect(second).toMatchObject({ reason: { code: 'folder-in-use' } });
  expect((await readdir(dirname(file))).sort()).toEqual(['out', 'scenes.json', 'videos']);
});
