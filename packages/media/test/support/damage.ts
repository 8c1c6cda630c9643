/** Videos of every container, and ways in which files get damaged. */
import { join } from 'node:path';
import fc from 'fast-check';
import { MkvOutputFormat, WebMOutputFormat } from 'mediabunny';
import { evenTimes, writeVideo } from '../../src/testing/tiny-video.ts';

/** One change of a file. Places are shares of its length. */
export type Damage =
  | {
      readonly kind: 'flip' | 'zero' | 'cut-out' | 'repeat';
      readonly at: number;
      readonly bytes: number;
    }
  | { readonly kind: 'write' | 'insert'; readonly at: number; readonly data: Uint8Array }
  | { readonly kind: 'truncate'; readonly at: number };

/** Names of elements, sizes that are unknown, too long or zero: what leads a reader of Matroska astray. */
const MISLEADING = [
  [0x1f, 0x43, 0xb6, 0x75],
  [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x1c, 0x53, 0xbb, 0x6b, 0x80],
  [0x16, 0x54, 0xae, 0x6b, 0xff],
  [0xec, 0x80],
  [0xa3, 0x80],
  [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x01, 0, 0, 0, 0, 0, 0, 0],
  [0x08, 0xff, 0xff, 0xff, 0xff],
  [0xff],
].map((bytes) => Uint8Array.from(bytes));

/** Heads stand at the beginning, and most of what leads astray with them. */
const place = fc.oneof(fc.nat(9_999), fc.nat(999)).map((tenThousandths) => tenThousandths / 10_000);
const data = fc.oneof(
  fc.constantFrom(...MISLEADING),
  fc.uint8Array({ minLength: 1, maxLength: 16 }),
);

/** Any single damage. */
export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('flip' as const, 'zero' as const, 'cut-out' as const, 'repeat' as const),
    at: place,
    bytes: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 4096 })),
  }),
  fc.record({ kind: fc.constantFrom('write' as const, 'insert' as const), at: place, data }),
  fc.record({ kind: fc.constant('truncate' as const), at: place }),
);

/** A file with its damages done one after the other. */
export function damaged(file: Buffer, damages: readonly Damage[]): Buffer {
  return damages.reduce(withDamage, file);
}

function withDamage(file: Buffer, damage: Damage): Buffer {
  const at = Math.floor(damage.at * file.length);
  if (damage.kind === 'truncate') return file.subarray(0, at);
  if ('data' in damage) {
    const end = damage.kind === 'write' ? at + damage.data.length : at;
    return Buffer.concat([file.subarray(0, at), damage.data, file.subarray(end)]);
  }
  const end = Math.min(file.length, at + damage.bytes);
  const part = Buffer.from(file.subarray(at, end));
  if (damage.kind === 'flip') part.forEach((byte, index) => (part[index] = byte ^ 0x55));
  if (damage.kind === 'zero') part.fill(0);
  const middle = { flip: [part], zero: [part], 'cut-out': [], repeat: [part, part] }[damage.kind];
  return Buffer.concat([file.subarray(0, at), ...middle, file.subarray(end)]);
}

/** Writes whole videos of several clusters or fragments, and says where they are. */
export async function writeWholeVideos(folder: string): Promise<readonly string[]> {
  const video = { width: 32, height: 32, times: evenTimes(12, 4) };
  const [live, short] = [{ appendOnly: true }, { minimumClusterDuration: 0.5 }];
  const kinds = [
    ['vp9.webm', { codec: 'vp9' }],
    ['vp8.webm', { codec: 'vp8', format: new WebMOutputFormat(short) }],
    ['live.webm', { codec: 'vp9', format: new WebMOutputFormat({ ...live, ...short }) }],
    ['avc.mkv', { codec: 'avc', format: new MkvOutputFormat(short) }],
    ['live.mkv', { codec: 'hevc', format: new MkvOutputFormat({ ...live, ...short }) }],
    ['avc.mp4', { codec: 'avc' }],
    ['avc.mov', { codec: 'avc' }],
  ] as const;
  const paths: string[] = [];
  for (const [name, kind] of kinds) {
    const path = join(folder, name);
    await writeVideo(path, { ...video, ...kind });
    paths.push(path);
  }
  return paths;
}
