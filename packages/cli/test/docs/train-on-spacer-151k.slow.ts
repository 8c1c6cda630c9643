/** The tutorial on SpaceR-151k, line by line, on a small folder of the same form that was packed as the hub packs the real one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { writeRehearsalFolder } from '../../src/rehearsal/rehearsal-folder.ts';
import { writeTinyModel } from '../../src/rehearsal/tiny-model.ts';
import { makeClone } from '../support/clone.ts';
import { followPage } from '../support/follow-page.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const PAGE = join(ROOT, 'docs/tutorials/train-on-spacer-151k.md');

jest.setTimeout(120_000);

/** Packs a folder into `downloads`, cut into ten parts of a tar archive; its images into two parts of a zip archive. */
function pack(folder: string, downloads: string): void {
  const sh = (script: string): void =>
    void execFileSync('sh', ['-e', '-c', script], { cwd: folder });
  const parts = join(downloads, 'SpaceR-151k');
  mkdirSync(parts, { recursive: true });
  sh(`zip -q -r ${downloads}/all.zip images`);
  sh(`split -n 2 -d ${downloads}/all.zip ${downloads}/images.zip.part_`);
  sh(`tar -czf ${downloads}/all.tar.gz SpaceR-151k.jsonl annotation videos`);
  sh(`split -n 10 -d ${downloads}/all.tar.gz ${parts}/SpaceR-151k.part_`);
  rmSync(join(downloads, 'all.zip'));
  rmSync(join(downloads, 'all.tar.gz'));
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
  pack(folder, downloads);
  writeFileSync(join(downloads, 'exclude_list.txt'), 'scene00000_00.mp4\nscene00003_00.mp4\n');
  const model = join(reader.clone, 'models/Qwen2.5-VL-7B-Instruct');
  mkdirSync(model, { recursive: true });
  // The words of the prompt, so that it is not spelled letter by letter.
  const texts = [readFileSync(join(ROOT, 'packages/core/src/prompt/map-imagination.ts'), 'utf8')];
  await writeTinyModel(model, { seed: 1, texts, maxTokens: 32_768 });
  await followPage(PAGE, reader);
  const run = join(reader.clone, 'runs/trial');
  expect(readFileSync(join(run, 'config.yaml'), 'utf8')).toContain('learningRate: 0.000001');
  expect(readFileSync(join(run, 'rollouts.jsonl'), 'utf8')).toContain('"temporal"');
});
