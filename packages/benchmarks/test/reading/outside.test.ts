import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createVideoFinder } from '../../src/reading/media-files.ts';

const scratch = mkdtempSync(join(tmpdir(), 'outside-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const data = join(scratch, 'data');
const videos = join(data, 'videos');
mkdirSync(videos, { recursive: true });
for (const path of ['secret.mp4', 'data/near.mp4']) writeFileSync(join(scratch, path), 'video');
symlinkSync(join(scratch, 'secret.mp4'), join(videos, 'linked.mp4'));

test.each(['../../secret.mp4', '../videos/../../secret.mp4', 'a/../../../secret'])(
  '%s leads out of the data: it is missing unless that is allowed',
  (name) => {
    const found = createVideoFinder([videos], data)(name);
    expect(found.missing).toContain('benchmark.allowOutside');
    expect(createVideoFinder([videos], data, true)(name).missing).toBeUndefined();
  },
);

test.each(['../near.mp4', 'linked.mp4'])('%s does not', (name) => {
  expect(createVideoFinder([videos], data)(name).missing).toBeUndefined();
});
