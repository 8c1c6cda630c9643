import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { presentFrames, presentVideo } from '../src/present-media.ts';
import type { ChatPart } from '../src/chat-completion.ts';
import type { FrameReader } from '@loci/media';

const WIDTH = 56;
const HEIGHT = 28;

/** Frames in shades of grey, one shade a frame. */
const read: FrameReader = (_media, selection) =>
  Promise.resolve({
    frames: Array.from({ length: selection?.maxFrames ?? 1 }, (_, frame) => ({
      width: WIDTH,
      height: HEIGHT,
      pixels: new Uint8Array(3 * WIDTH * HEIGHT).fill(5 * frame + 20),
    })),
    seconds: [],
  });

const video = { kind: 'video', path: '/videos/a room/one.mp4' } as const;
const asFilmed = { kind: 'as-filmed' } as const;

async function shadesOf(parts: readonly ChatPart[]): Promise<readonly number[]> {
  return Promise.all(
    parts.map(async (part) => {
      const url = part.type === 'image_url' ? part.image_url.url : '';
      const [type, data = ''] = url.split(';base64,');
      expect(type).toBe('data:image/jpeg');
      const { data: pixels, info } = await sharp(Buffer.from(data, 'base64'))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([WIDTH, HEIGHT]);
      return pixels[0]!;
    }),
  );
}

test('a video is shown as the frames of the selection, in order; without one as 32 of them', async () => {
  const present = presentFrames(read, 95);
  const { parts, tokens } = await present(video, asFilmed, { fps: 1, maxFrames: 4 });
  expect(await shadesOf(parts)).toEqual([20, 25, 30, 35]);
  expect(tokens).toBe(4 * 2);
  expect((await present(video, asFilmed, undefined)).parts).toHaveLength(32);
  expect((await present({ kind: 'image', path: 'a.png' }, asFilmed, undefined)).parts).toHaveLength(
    1,
  );
});

test('treatments reach the frames', async () => {
  const present = presentFrames(read, 95);
  const selection = { fps: 1, maxFrames: 4 };
  const shuffled = await present(video, { kind: 'shuffled', seed: 1 }, selection);
  expect([...(await shadesOf(shuffled.parts))].sort()).toEqual([20, 25, 30, 35]);
  expect(await shadesOf(shuffled.parts)).not.toEqual([20, 25, 30, 35]);
  const blank = await present(video, { kind: 'blank' }, selection);
  expect(await shadesOf(blank.parts)).toEqual([0, 0, 0, 0]);
});

test('videos go as files, inline or by address', async () => {
  const frames = presentFrames(read, 95);
  const urlAt = async (place: Parameters<typeof presentVideo>[0], path: string = video.path) => {
    const { parts } = await presentVideo(place, frames)({ ...video, path }, asFilmed, undefined);
    return parts.map((part) => (part.type === 'video_url' ? part.video_url.url : part.type));
  };
  expect(await urlAt({ kind: 'file' })).toEqual(['file:///videos/a%20room/one.mp4']);
  const place = { kind: 'url', folder: '/videos', url: 'https://cdn/v' } as const;
  expect(await urlAt(place)).toEqual(['https://cdn/v/a%20room/one.mp4']);
  await expect(urlAt(place, '/elsewhere/one.mp4')).rejects.toMatchObject({
    code: 'media-unreadable',
  });

  const file = join(await mkdtemp(join(tmpdir(), 'loci-video-')), 'one.webm');
  await writeFile(file, 'frames');
  expect(await urlAt({ kind: 'inline' }, file)).toEqual(['data:video/webm;base64,ZnJhbWVz']);
  await expect(urlAt({ kind: 'inline' }, `${file}.gone.mp4`)).rejects.toMatchObject({
    code: 'media-unreadable',
  });
});

test('a video that the server cuts cannot be treated', async () => {
  const present = presentVideo({ kind: 'file' }, presentFrames(read, 95));
  await expect(present(video, { kind: 'blank' }, undefined)).rejects.toMatchObject({
    code: 'frames-not-ours',
  });
});

test('frames are images, and a video is sent as its frames where images are wanted', async () => {
  const frames = presentFrames(read, 95);
  const selection = { fps: 1, maxFrames: 4 };
  expect((await frames(video, asFilmed, selection, 'images')).shown).toMatchObject({
    kind: 'video',
    as: 'images',
    frames: 4,
  });
  await expect(frames(video, asFilmed, selection, 'video')).rejects.toMatchObject({
    code: 'frames-not-ours',
  });
  const whole = presentVideo({ kind: 'file' }, frames);
  expect((await whole(video, asFilmed, selection, 'images')).parts).toHaveLength(4);
  expect((await whole(video, asFilmed, selection, 'video')).shown).toEqual({
    kind: 'video',
    as: 'video',
  });
});
