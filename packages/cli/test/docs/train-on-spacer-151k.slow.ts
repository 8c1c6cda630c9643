/** The tutorial on SpaceR-151k, line by line, on a small folder of the same form that was packed as the hub packs the real one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { writeRehearsalFolder } from '../../src/rehearsal/rehearsal-folder.ts';
import { writeTinyModel } from '../../src/rehearsal/tiny-model.ts';
import { makeClone } from '../support/clone.ts';
import { followPage } from '../support/follow-page.ts';
import { onReaderHub } from '../support/reader-hub.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const PAGE = join(ROOT, 'docs/tutorials/train-on-spacer-151k.md');

jest.setTimeout(120_000);

/** Packs names of a folder and cuts the archive into parts whose paths begin with `prefix`. Files under two names are packed twice. */
function pack(folder: string, names: string, form: 'zip' | 'tar', parts: number, prefix: string) {
  const whole = `${prefix}whole.zip`;
  const command = form === 'zip' ? `zip -q -r ${whole}` : `tar --hard-dereference -czf ${whole}`;
  const script = `${command} ${names}; split -n ${parts} -d ${whole} ${prefix}`;
  mkdirSync(dirname(prefix), { recursive: true });
  execFileSync('sh', ['-e', '-c', script], { cwd: folder });
  rmSync(whole);
}

const missing = ['tar', 'split', 'zip', 'unzip'].filter(
  (tool) => spawnSync('which', [tool]).status !== 0,
);
if (missing.length > 0) console.log(`skipped: ${missing.join(', ')} not found on this machine`);

(missing.length === 0 ? test : test.skip)('the tutorial does what it says', async () => {
  const reader = makeClone();
  const downloads = join(reader.home, 'downloads');
  const folder = join(reader.home, 'original');
  await writeRehearsalFolder(folder, { records: 60, videos: 6, rooms: 2 });
  const records = 'SpaceR-151k.jsonl annotation videos';
  pack(folder, `${records} images`, 'tar', 10, join(reader.home, 'hub/SpaceR-151k.part_'));
  pack(folder, records, 'tar', 10, join(downloads, 'SpaceR-151k/SpaceR-151k.part_'));
  pack(folder, 'images', 'zip', 2, join(downloads, 'images.zip.part_'));
  writeFileSync(join(downloads, 'exclude_list.txt'), 'scene00000_00.mp4\nscene00003_00.mp4\n');
  const model = join(reader.home, 'published');
  mkdirSync(model, { recursive: true });
  // The words of the prompt, so that it is not spelled letter by letter.
  const texts = [readFileSync(join(ROOT, 'packages/core/src/prompt/map-imagination.ts'), 'utf8')];
  await writeTinyModel(model, { seed: 1, texts, maxTokens: 32_768 });
  const served = [
    { kind: 'model', name: 'Qwen/Qwen2.5-VL-7B-Instruct', folder: model },
    { kind: 'dataset', name: 'RUBBISHLIKE/SpaceR-151k', folder: join(reader.home, 'hub') },
  ] as const;
  await onReaderHub(served, (variables) => followPage(PAGE, { ...reader, variables }));
  const run = join(reader.clone, 'runs/trial');
  expect(readFileSync(join(run, 'config.yaml'), 'utf8')).toContain('learningRate: 0.000001');
  expect(readFileSync(join(run, 'rollouts.jsonl'), 'utf8')).toContain('"temporal"');
});
