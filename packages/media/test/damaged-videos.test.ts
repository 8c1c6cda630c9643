/** However a video is damaged, it is read or it gives one error in time; the files after it are read as ever. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyDamage, damaged, writeWholeVideos } from './support/damage.ts';

/** A file of a few kilobytes is read in milliseconds, also on a machine that is busy. */
const MOST_MS = 20_000;

interface Answer {
  readonly code: string;
  readonly message: string;
  readonly frames: number;
}

let folder: string;
let whole: readonly string[];
let reader: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-damaged-'));
  whole = await writeWholeVideos(folder);
});
afterAll(async () => {
  reader?.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function startReader(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'support/media-reader.mjs'), { execArgv: [] });
  await once(child, 'message');
  return child;
}

/** What reading a file gives; `hang` and `crash` are no answers of ours. */
async function read(path: string): Promise<Answer> {
  reader ??= await startReader();
  const child = reader;
  return new Promise((resolve) => {
    const end = (answer: Answer) => {
      clearTimeout(timer);
      child.removeAllListeners();
      if (answer.code === 'hang' || answer.code === 'crash') {
        child.kill('SIGKILL');
        reader = undefined;
      }
      resolve(answer);
    };
    const timer = setTimeout(() => end({ code: 'hang', message: '', frames: 0 }), MOST_MS);
    child.once('message', (answer) => end(answer as Answer));
    child.once('exit', (code, signal) =>
      end({ code: 'crash', message: `${code} ${signal}`, frames: 0 }),
    );
    child.send(path);
  });
}

test('whole files are read', async () => {
  for (const path of whole) expect(await read(path)).toEqual({ code: '', message: '', frames: 12 });
});

test('a damaged file is read or gives one error that names it, in time', async () => {
  const files = await Promise.all(whole.map((path) => readFile(path)));
  const damages = fc.array(anyDamage, { minLength: 1, maxLength: 4 });
  const seen: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), damages, async (which, done) => {
      const path = join(folder, `damaged${extname(whole[which]!)}`);
      await writeFile(path, damaged(files[which]!, done));
      const { code, message } = await read(path);
      seen[code] = (seen[code] ?? 0) + 1;
      expect(['', 'media-unreadable']).toContain(code);
      if (code !== '') expect(message).toContain(path);
    }),
    // To shrink a file that hangs takes twenty seconds a try.
    { endOnFailure: true },
  );
  if (process.env.LOCI_FUZZ_TIMES !== undefined) console.info('damaged files:', seen);
  expect(await read(whole[0]!)).toMatchObject({ frames: 12 });
}, 600_000);
