/** What a player shows: the reference is FFmpeg 5.1, whose frames and times `ffmpeg-videos.json` holds. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeVideo } from '../src/decode-video.ts';
import type { VideoFacts } from '../src/video-facts.ts';
import type { Picture } from '../src/picture.ts';
import { frameShownAt } from '../src/select-frames.ts';
import { evenTimes, redOf, writeVideo } from '../src/testing/tiny-video.ts';
import { withEdits } from './support/edit-list-box.ts';
import type { EditEntry } from './support/edit-list-box.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-shown-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface FfmpegVideo {
  readonly name: string;
  readonly why?: string;
  /** Base64. */
  readonly file: string;
  /** Seconds from the first frame. */
  readonly times?: readonly number[];
  /** Mean red of each frame. */
  readonly reds?: readonly number[];
  /** Of those that are not decoded: how the error names it. */
  readonly codec?: string;
}
const videos = JSON.parse(
  readFileSync(join(import.meta.dirname, 'support/ffmpeg-videos.json'), 'utf8'),
) as readonly FfmpegVideo[];

function meanRed({ pixels }: Picture): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) sum += pixels[at]!;
  return (3 * sum) / pixels.length;
}

async function readAll(path: string) {
  let facts: VideoFacts | undefined;
  const pictures = await decodeVideo(path, (found) => {
    facts = found;
    return found.times.map((_, index) => index);
  });
  return { facts: facts!, pictures };
}

describe('the frames that FFmpeg shows, at its times', () => {
  const shown = videos.filter(({ times }) => times !== undefined);
  test.each(shown.map((video) => [video.name, video.why, video] as const))(
    '%s: %s',
    async (name, _, video) => {
      const path = join(folder, name);
      await writeFile(path, Buffer.from(video.file, 'base64'));
      const { facts, pictures } = await readAll(path);
      expect(facts.times).toHaveLength(video.times!.length);
      facts.times.forEach((time, index) => expect(time).toBeCloseTo(video.times![index]!, 4));
      // ProRes has 10 bits, which are rounded once here and twice there.
      const slack = name.startsWith('prores') ? 2.5 : 0.01;
      pictures.forEach((picture, index) =>
        expect(Math.abs(meanRed(picture) - video.reds![index]!)).toBeLessThan(slack),
      );
    },
  );

  test('chosen ones alone, in any order', async () => {
    const video = videos.find(({ name }) => name === 'open-gop-cut.mp4')!;
    const path = join(folder, 'chosen.mp4');
    await writeFile(path, Buffer.from(video.file, 'base64'));
    const wanted = [0, 7, 7, 9, 17, 3];
    const pictures = await decodeVideo(path, () => wanted);
    pictures.forEach((picture, index) =>
      expect(meanRed(picture)).toBeCloseTo(video.reds![wanted[index]!]!, 1),
    );
  });
});

describe('edit lists', () => {
  const numberOf = ({ pixels }: Picture) => Math.round(pixels[0]! / redOf(1));

  async function edited(name: string, entries: readonly EditEntry[]) {
    const path = join(folder, name);
    await writeVideo(path, { width: 32, height: 32, times: evenTimes(12, 4) });
    await writeFile(path, withEdits(await readFile(path), entries));
    const { facts, pictures } = await readAll(path);
    return { facts, numbers: pictures.map(numberOf), times: facts.times };
  }

  test.each<[what: string, entries: EditEntry[], numbers: number[], times: number[]]>([
    ['all of it', [[3, 0]], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [...evenTimes(12, 4)]],
    ['a stretch', [[0.75, 1]], [4, 5, 6], [0, 0.25, 0.5]],
    ['to the end, without a duration', [[0, 2]], [8, 9, 10, 11], [0, 0.25, 0.5, 0.75]],
    ['from between two frames', [[0.5, 1.1]], [5, 6], [0, 0.25]],
    ['part of one frame', [[0.1, 1.1]], [4], [0]],
    ['after a pause', [[5, -1], [0.5, 1]], [4, 5], [0, 0.25]], // prettier-ignore
    ['two stretches', [[0.5, 0], [0.5, 2]], [0, 1, 8, 9], [0, 0.25, 0.5, 0.75]], // prettier-ignore
    ['exchanged', [[0.5, 2], [0.5, 0]], [8, 9, 0, 1], [0, 0.25, 0.5, 0.75]], // prettier-ignore
    ['twice', [[0.5, 1], [0.5, 1]], [4, 5, 4, 5], [0, 0.25, 0.5, 0.75]], // prettier-ignore
    ['a pause between', [[0.5, 0], [1, -1], [0.5, 2]], [0, 1, 8, 9], [0, 0.25, 1.5, 1.75]], // prettier-ignore
  ])('%s', async (what, entries, numbers, times) => {
    const result = await edited(`${what}.mp4`, entries);
    expect(result.numbers).toEqual(numbers);
    result.times.forEach((time, index) => expect(time).toBeCloseTo(times[index]!, 3));
  });

  test('one that shows nothing is named', async () => {
    await expect(edited('beyond.mp4', [[1, 50]])).rejects.toMatchObject({
      code: 'media-unreadable',
      message: expect.stringMatching(/its edit list shows none of its 12 frames/),
    });
  });

  test('a second counts from where the file begins, with its sound', () => {
    const facts = { totalFrames: 4, fps: 2, times: [0, 0.5, 1, 1.5], start: 3 };
    expect([0, 3, 3.4, 3.5, 4.6].map((second) => frameShownAt(facts, second))).toEqual([
      0, 0, 0, 1, 3,
    ]);
    expect(() => frameShownAt(facts, 6)).toThrow(/ends at 5\.00 s/);
  });
});

describe('what cannot be decoded is named, with a way out', () => {
  test.each(videos.filter(({ codec }) => codec !== undefined))('$name: $codec', async (video) => {
    const path = join(folder, `it's ${video.name}`);
    await writeFile(path, Buffer.from(video.file, 'base64'));
    const error: unknown = await readAll(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'media-unreadable' });
    const { message } = error as Error;
    expect(message).toContain(`its codec ${video.codec}`);
    expect(message).toContain(`ffmpeg -i '${path.replace("'", String.raw`'\''`)}' -c:v libx264`);
    expect(message).toMatch(/\.h264\.mp4'$/);
  });

  test('forms that are not read', async () => {
    const avi = Buffer.alloc(400);
    avi.write('RIFF\0\0\0\0AVI LIST', 0, 'latin1');
    avi.write('strh\x38\0\0\0vidsxvid', 100, 'latin1');
    avi.write('strf\x28\0\0\0\x28\0\0\0', 164, 'latin1');
    avi.write('XVID', 164 + 24, 'latin1');
    const files = [
      ['x.avi', avi, /form \(AVI, with XVID\) is not supported.*ffmpeg -i/],
      ['x.mp4', Buffer.from('FLV\u0001\u0005'), /form \(FLV\) is not supported.*ffmpeg -i/],
      ['y.mp4', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /a picture \(PNG\).*as an image/],
      ['z.mp4', Buffer.from('GIF89a'), /a picture \(GIF\).*ffmpeg -i/],
      ['h.mp4', Buffer.from('<html><body>404'), /web page.*fetch it again/],
      ['l.mp4', Buffer.from('version https://git-lfs.github.com/spec/v1'), /git lfs pull/],
    ] as const;
    for (const [name, bytes, reason] of files) {
      await writeFile(join(folder, name), bytes);
      await expect(readAll(join(folder, name))).rejects.toThrow(reason);
    }
  });

  const bytesOf = (name: string) =>
    Buffer.from(videos.find((video) => video.name === name)!.file, 'base64');

  test.each([
    ['stsz', 12, 0x7fffffff],
    ['ctts', 8, 0x7fffffff],
    ['ctts', 12, 0x00a40000],
    ['stsc', 16, 0x01000000],
  ])(
    'a table %s with a damaged count at %i, before it fills the memory',
    async (type, at, count) => {
      const file = bytesOf('cut-by-copying.mp4');
      file.writeUInt32BE(count, file.indexOf(type) + at);
      const path = join(folder, `${type}-${at}.mp4`);
      await writeFile(path, file);
      await expect(readAll(path)).rejects.toThrow(
        new RegExp(`its table ${type} is damaged: a count`),
      );
    },
  );

  test('a Matroska behind whose damage nothing follows', async () => {
    const file = bytesOf('mpeg4.mkv');
    const cluster = file.indexOf(Buffer.of(0x1f, 0x43, 0xb6, 0x75));
    file.fill(0, cluster);
    const path = join(folder, 'damaged.mkv');
    await writeFile(path, file);
    await expect(readAll(path)).rejects.toThrow(`it is damaged at byte ${cluster}`);
  });
});
