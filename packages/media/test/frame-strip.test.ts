import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { frameStrip, spread } from '../src/frame-strip.ts';
import { writeTinyVideo } from '../src/testing/tiny-video.ts';

describe('a strip of frames', () => {
  test('has frames of a video from its first to its last, no wider than asked for', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'loci-strip-')), 'room.mp4');
    await writeTinyVideo(path, { frames: 9, fps: 4, width: 96, height: 64 });
    const strip = await frameStrip({ kind: 'video', path }, { frames: 3, width: 48 });
    const sizes = await Promise.all(strip.map(async (jpeg) => sharp(jpeg).metadata()));
    expect(sizes.map(({ format, width, height }) => [format, width, height])).toEqual(
      Array.from({ length: 3 }, () => ['jpeg', 48, 32]),
    );
    const one = await frameStrip({ kind: 'image', path, second: 1 }, { frames: 3, width: 480 });
    expect(one).toHaveLength(1);
    expect((await sharp(one[0]).metadata()).width).toBe(96);
  });

  test('of a file that is not there names the file', async () => {
    const gone = frameStrip({ kind: 'image', path: '/nowhere/a.png' }, { frames: 1, width: 9 });
    await expect(gone).rejects.toThrow('/nowhere/a.png');
  });

  test.each([
    [3, 9, [0, 4, 8]],
    [8, 3, [0, 1, 2]],
    [1, 9, [0]],
    [4, 0, []],
  ])('spreads %i over %i', (count, size, places) => {
    expect(spread(count, size)).toEqual(places);
  });
});
