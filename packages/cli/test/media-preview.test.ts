import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeTinyVideo } from '@loci/media/testing';
import sharp from 'sharp';
import { createPreviewer } from '../src/media-preview.ts';

test('frames are side by side; unreadable media are left out, and without frames there is no picture', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-preview-'));
  const video = { kind: 'video', path: join(folder, 'room.mp4') } as const;
  await writeTinyVideo(video.path, { frames: 9, fps: 4, width: 96, height: 64 });
  const gone = { kind: 'image', path: join(folder, 'gone.png') } as const;
  const preview = createPreviewer();
  const drawn = await preview([video, gone]);
  expect(drawn).toMatchObject({ width: 4 * 96 + 3 * 4, height: 64 });
  expect(await sharp(drawn!.jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 396 });
  expect(await preview([gone])).toBeUndefined();
  expect(await preview([])).toBeUndefined();
});
