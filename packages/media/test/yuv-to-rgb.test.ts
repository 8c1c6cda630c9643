import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  ALL_FORMATS,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  FilePathTarget,
  Input,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { decodeVideo } from '../src/decode-video.ts';
import { needsOwnMatrix, yuvToRgb } from '../src/yuv-to-rgb.ts';
import { writeVideo } from '../src/testing/tiny-video.ts';

/** One color as Y, Cb, Cr of a matrix with these weights, of 8 bits and limited range (ITU-R BT.709, 3.2 and 3.4). */
function encode([r, g, b]: readonly number[], kr: number, kb: number): readonly number[] {
  const y = kr * r! + (1 - kr - kb) * g! + kb * b!;
  const cb = (b! - y) / (2 * (1 - kb));
  const cr = (r! - y) / (2 * (1 - kr));
  return [16 + (219 * y) / 255, 128 + (224 * cb) / 255, 128 + (224 * cr) / 255];
}

const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
  [200, 120, 40],
  [30, 60, 220],
];

test.each([
  ['bt709', 0.2126, 0.0722],
  ['bt2020-ncl', 0.2627, 0.0593],
  [null, 0.299, 0.114],
])('colors come back through %s, in every depth and layout', (matrix, kr, kb) => {
  for (const [format, bits, halfWidth, halfHeight] of [
    ['I420', 8, 1, 1],
    ['I422', 8, 1, 0],
    ['I444', 8, 0, 0],
    ['I420P10', 10, 1, 1],
    ['I444P12', 12, 0, 0],
  ] as const) {
    const [width, height] = [3, 3];
    const sizes = [9, (width + halfWidth) >> halfWidth, (height + halfHeight) >> halfHeight];
    const chroma = sizes[1]! * sizes[2]!;
    for (const color of COLOURS) {
      const levels = encode(color, kr, kb).map((value) => Math.round(value * 2 ** (bits - 8)));
      const samples = [
        ...Array<number>(9).fill(levels[0]!),
        ...Array<number>(chroma).fill(levels[1]!),
        ...Array<number>(chroma).fill(levels[2]!),
      ];
      const bytes =
        bits === 8 ? Uint8Array.from(samples) : new Uint8Array(Uint16Array.from(samples).buffer);
      const unit = bits === 8 ? 1 : 2;
      const planes = [
        { offset: 0, stride: 3 * unit },
        { offset: 9 * unit, stride: sizes[1]! * unit },
        { offset: (9 + chroma) * unit, stride: sizes[1]! * unit },
      ];
      const coding = { matrix, fullRange: false };
      const rgb = yuvToRgb(bytes, planes, format, { width, height }, coding);
      for (const [index, value] of rgb.entries()) {
        expect(Math.abs(value - color[index % 3]!)).toBeLessThanOrEqual(bits === 8 ? 2 : 1);
      }
    }
  }
});

test('full range spans all levels', () => {
  const planes = [
    { offset: 0, stride: 2 },
    { offset: 2, stride: 1 },
    { offset: 3, stride: 1 },
  ];
  const size = { width: 2, height: 1 };
  const coding = { matrix: null, fullRange: true };
  const bytes = Uint8Array.of(0, 200, 128, 128);
  expect([...yuvToRgb(bytes, planes, 'I420', size, coding)]).toEqual([0, 0, 0, 200, 200, 200]);
});

test('the scaler’s own conversion stays where it is right', () => {
  expect(needsOwnMatrix({ matrix: null, fullRange: null })).toBe(false);
  expect(needsOwnMatrix({ matrix: 'smpte170m', fullRange: false })).toBe(false);
  expect(needsOwnMatrix({ matrix: 'bt709', fullRange: false })).toBe(true);
  expect(needsOwnMatrix({ matrix: null, fullRange: true })).toBe(true);
});

/** The same packets in a file that says how their colors are coded. */
async function labelled(path: string, copy: string, matrix: 'bt709' | 'smpte170m'): Promise<void> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  const config = (await track.getDecoderConfig())!;
  const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(copy) });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source);
  await output.start();
  const colorSpace = { matrix, primaries: matrix, transfer: matrix, fullRange: false };
  for await (const packet of new EncodedPacketSink(track).packets()) {
    await source.add(packet, { decoderConfig: { ...config, colorSpace } });
  }
  await output.finalize();
  input.dispose();
}

test('a video that names BT.709 is read by it, another by BT.601', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loci-color-'));
  const [plain, hd, sd] = ['plain.mp4', 'hd.mp4', 'sd.mp4'].map((name) => join(folder, name));
  // The encoder converts by BT.601; read by BT.709 the same planes are other colors, which this formula gives.
  const color = [40, 190, 60];
  const paint = (_: number, width: number, height: number) =>
    Uint8Array.from({ length: 4 * width * height }, (_value, at) => [...color, 255][at % 4]!);
  await writeVideo(plain!, { width: 32, height: 32, times: [0, 0.25], paint });
  await labelled(plain!, hd!, 'bt709');
  await labelled(plain!, sd!, 'smpte170m');
  const read = async (path: string) => [
    ...(await decodeVideo(path, () => [1]))[0]!.pixels.slice(0, 3),
  ];
  const distance = (a: readonly number[], b: readonly number[]) =>
    Math.max(...a.map((level, index) => Math.abs(level - b[index]!)));
  const [y, cb, cr] = encode(color, 0.299, 0.114);
  const light = ((y! - 16) * 255) / 219;
  const [u, v] = [((cb! - 128) * 255) / 224, ((cr! - 128) * 255) / 224];
  const byHd = [light + 1.5748 * v, light - 0.1873 * u - 0.4681 * v, light + 1.8556 * u];
  expect(distance(await read(plain!), color)).toBeLessThan(6);
  expect(await read(sd!)).toEqual(await read(plain!));
  expect(distance(byHd, color)).toBeGreaterThan(12);
  expect(distance(await read(hd!), byHd)).toBeLessThan(6);
  await rm(folder, { recursive: true });
});
