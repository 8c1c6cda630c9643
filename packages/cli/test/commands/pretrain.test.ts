import 'reflect-metadata';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { pretrainModel } from '../../src/commands/pretrain.ts';

test('a folder with other files is not replaced', async () => {
  const home = mkdtempSync(join(tmpdir(), 'loci-pretrain-'));
  mkdirSync(join(home, 'models/qwen'), { recursive: true });
  mkdirSync(join(home, 'notes'));
  writeFileSync(join(home, 'notes/thesis.txt'), 'mine');
  const io = { out: new Writable({ write: (_, __, done) => done() }), userDirectory: home };
  const taken = { models: 'folder-not-empty', notes: 'folder-not-empty' };
  for (const [out, code] of Object.entries({ ...taken, 'notes/thesis.txt': 'not-a-folder' })) {
    await expect(pretrainModel({ set: [], out }, io as never)).rejects.toMatchObject({ code });
  }
  // An earlier start model may be: the recipe that is asked for next is read.
  mkdirSync(join(home, 'start'));
  writeFileSync(join(home, 'start/recipe.json'), '{}');
  const again = { set: [], out: 'start', recipe: 'gone.json' };
  await expect(pretrainModel(again, io as never)).rejects.toMatchObject({
    code: 'recipe-unreadable',
  });
  expect(readdirSync(join(home, 'notes'))).toEqual(['thesis.txt']);
});
