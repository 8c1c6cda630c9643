/**
 * Fills a cache of frames until it is killed: `cache-writer.mjs FOLDER MAX_BYTES KEYS`, started by tests several times at once. It
 * loads the few modules that it needs from source, since a process of its own has no Jest to do it.
 */
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

/** Loading all of core would take a second. */
const errors = fileURLToPath(new URL('core-errors.ts', import.meta.url));
const jiti = createJiti(import.meta.url, { alias: { '@loci/core': errors }, fsCache: false });
/** @type {typeof import('../../src/disk-frame-cache.ts')} */
const { openDiskFrameCache } = await jiti.import('../../src/disk-frame-cache.ts');
/** @type {typeof import('./clips.ts')} */
const { clipOf } = await jiti.import('./clips.ts');

const [folder = '', maxBytes, keys] = process.argv.slice(2);
const cache = await openDiskFrameCache({
  folder,
  maxBytes: Number(maxBytes),
  warn: (message) => {
    throw new Error(message);
  },
});
for (let turn = 0; ; turn++) {
  const number = (turn * (1 + (process.pid % 3))) % Number(keys);
  const clip = await cache.get(`clip ${number}`, async () => clipOf(number));
  if (clip.frames[0]?.pixels[0] !== number) throw new Error('frames of another key');
  if (turn === 20) process.stdout.write('filling\n');
}
