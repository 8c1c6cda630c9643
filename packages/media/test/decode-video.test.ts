import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Mp4OutputFormat } from 'mediabunny';
import { decodeVideo } from '../src/decode-video.ts';
import type { VideoFacts } from '../src/video-facts.ts';
import type { Picture } from '../src/picture.ts';
import {
  cornersOf,
  evenTimes,
  quartered,
  redOf,
  writeSound,
  writeVideo,
} from '../src/testing/tiny-video.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-video-'));
});
afterAll(() => rm(folder, { recursive: true }));

const unreadable = (path: string, reason: RegExp = /./) =>
  expect.objectContaining({
    code: 'media-unreadable',
    message: expect.stringMatching(new RegExp(`${path}.*${reason.source}`)),
  });
const all = ({ totalFrames }: { totalFrames: number }) =>
  Array.from({ length: totalFrames }, (_, index) => index);
const numberOf = ({ pixels }: Picture) => Math.round(pixels[0]! / redOf(1));
const sizeOf = ({ width, height }: Picture) => [width, height];
const UPRIGHT = 'GB -B G- --';

describe('the frames that were asked for come out', () => {
  test.each([
    ['avc', 'mp4', 64, 48],
    ['avc', 'mkv', 64, 48],
    ['avc', 'mov', 48, 64],
    ['hevc', 'mp4', 64, 48],
    ['hevc', 'mkv', 64, 48],
    ['vp8', 'webm', 63, 65],
    ['vp9', 'mp4', 64, 48],
    ['vp9', 'webm', 33, 47],
    ['vp9', 'mkv', 47, 33],
    ['av1', 'mp4', 64, 64],
    ['av1', 'webm', 64, 66],
    ['av1', 'mkv', 66, 64],
  ] as const)('%s in %s, %i×%i', async (codec, ending, width, height) => {
    const path = join(folder, `${codec}.${ending}`);
    const times = evenTimes(12, 8);
    await writeVideo(path, { codec, width, height, times, paint: quartered });
    const wanted = [0, 3, 4, 4, 11];
    let facts: readonly number[] = [];
    const frames = await decodeVideo(path, ({ totalFrames, fps, times: found }) => {
      facts = [totalFrames, fps];
      found.forEach((time, index) => expect(time).toBeCloseTo(times[index]!, 2));
      return wanted;
    });
    expect(facts).toEqual([12, 8]);
    expect(frames.map(sizeOf)).toEqual(wanted.map(() => [width, height]));
    expect(frames.map(numberOf)).toEqual(wanted);
    expect(frames.map(cornersOf)).toEqual(wanted.map(() => UPRIGHT));
  });

  test.each(['mp4', 'webm', 'mkv'])('at a rate that varies, in %s', async (ending) => {
    const path = join(folder, `varying.${ending}`);
    const times = [0, 0.04, 0.08, 0.5, 1.7, 1.72, 1.9, 4];
    const codec = ending === 'webm' ? 'vp9' : 'avc';
    await writeVideo(path, { codec, width: 32, height: 32, times });
    let facts: VideoFacts | undefined;
    const frames = await decodeVideo(path, (found) => all((facts = found)));
    expect(frames.map(numberOf)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    facts!.times.forEach((time, index) => expect(time).toBeCloseTo(times[index]!, 2));
  });

  test.each([
    ['mp4', 90, false, 'G- GB -- -B'],
    ['mp4', 180, false, '-- G- -B GB'],
    ['mp4', 270, false, '-B -- GB G-'],
    ['mp4', 0, true, '-B GB -- G-'],
    ['mp4', 90, true, 'GB G- -B --'],
    ['mkv', 90, false, 'G- GB -- -B'],
  ] as const)(
    'upright: %s noted as turned by %i°, mirrored: %s',
    async (ending, rotation, flip, corners) => {
      const path = join(folder, `turned-${rotation}-${String(flip)}.${ending}`);
      const track = { rotation, flip };
      await writeVideo(path, { width: 64, height: 32, times: [0, 0.25], paint: quartered, track });
      const frames = await decodeVideo(path, all);
      expect(frames.map(cornersOf)).toEqual([corners, corners]);
      expect(sizeOf(frames[0]!)).toEqual(rotation % 180 === 0 ? [64, 32] : [32, 64]);
    },
  );

  test('one alone', async () => {
    const path = join(folder, 'one.mp4');
    await writeVideo(path, { width: 32, height: 32, times: [0] });
    expect((await decodeVideo(path, all)).map(numberOf)).toEqual([0]);
  });

  test('a rate that milliseconds blur is the usual one', async () => {
    const path = join(folder, 'thirty.webm');
    const track = { frameRate: 30 };
    await writeVideo(path, {
      codec: 'vp9',
      width: 16,
      height: 16,
      times: evenTimes(31, 30),
      track,
    });
    await decodeVideo(path, ({ fps }) => {
      expect(fps).toBe(30);
      return [0];
    });
  });
});

describe('what cannot be read gives one clear error', () => {
  test('missing, empty, foreign, and without pictures', async () => {
    const missing = join(folder, 'nowhere.mp4');
    await expect(decodeVideo(missing, all)).rejects.toEqual(unreadable(missing, /no such file/));
    const text = join(folder, 'text.mp4');
    await writeFile(text, '');
    await expect(decodeVideo(text, all)).rejects.toEqual(unreadable(text, /is empty/));
    await writeFile(text, 'text');
    await expect(decodeVideo(text, all)).rejects.toEqual(unreadable(text, /not a video/));
    await writeFile(text, 'not a video at all '.repeat(100));
    await expect(decodeVideo(text, all)).rejects.toEqual(unreadable(text, /not a video/));
    for (const ending of ['mp4', 'mkv']) {
      const path = join(folder, `sound.${ending}`);
      await writeSound(path);
      await expect(decodeVideo(path, all)).rejects.toEqual(unreadable(path, /no video track/));
    }
  });

  test.each([
    ['mp4', 'at its end', undefined],
    ['mp4', 'in front', new Mp4OutputFormat({ fastStart: 'in-memory' })],
    ['mkv', 'none', undefined],
    ['webm', 'none', undefined],
  ])('truncated anywhere: %s, table %s', async (ending, _, format) => {
    const path = join(folder, `cut.${ending}`);
    const codec = ending === 'webm' ? 'vp9' : 'avc';
    const times = evenTimes(12, 2);
    await writeVideo(path, { codec, width: 32, height: 32, times, ...(format && { format }) });
    const whole = await readFile(path);
    expect(await decodeVideo(path, all)).toHaveLength(12);
    for (const share of [0.01, 0.1, 0.5, 0.9, 0.99]) {
      await writeFile(path, whole.subarray(0, Math.floor(share * whole.length)));
      await expect(decodeVideo(path, all)).rejects.toEqual(unreadable(path));
    }
  });

  test('missing data behind an intact header is noticed', async () => {
    const path = join(folder, 'damaged.mp4');
    await writeVideo(path, { width: 64, height: 48, times: evenTimes(12, 4), paint: quartered });
    const damaged = await readFile(path);
    const data = damaged.indexOf('mdat');
    damaged.fill(0, data + 200, Math.min(data + 1200, damaged.length - 700));
    await writeFile(path, damaged);
    await expect(decodeVideo(path, ({ totalFrames }) => [totalFrames - 1])).rejects.toEqual(
      unreadable(path),
    );
  });

  test('a frame beyond the last', async () => {
    const path = join(folder, 'one.mp4');
    await expect(decodeVideo(path, () => [5])).rejects.toEqual(
      unreadable(path, /no frame 5: the video has 1/),
    );
  });
});
