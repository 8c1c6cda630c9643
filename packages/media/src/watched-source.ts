/**
 * Opens a file for Mediabunny and detects endless loops of its reads. In some damaged files Mediabunny requests the same bytes in the
 * same order forever, and blocks the process meanwhile.
 */
import type { FilePathSource } from 'mediabunny';
import { loadMediabunny } from './load-mediabunny.ts';

/** The same requests in the same order, this many times in a row, are a loop. */
const MOST_ROUNDS = 100;
/** The most different rounds that are remembered to recognize a new one. */
const MOST_KINDS = 10_000;

/** Mediabunny's method for every range of bytes, also for one that it still has in memory. */
type ReadRange = (this: unknown, start: number, end: number, ...rest: unknown[]) => unknown;

/**
 * Opens a file for Mediabunny.
 *
 * @returns a source whose reads fail with an Error once they repeat without end.
 * @throws Error when Mediabunny has changed, so that its reads cannot be watched.
 */
export async function watchedSource(path: string): Promise<FilePathSource> {
  const { FilePathSource: Source } = await loadMediabunny();
  const source = new Source(path);
  const watched = source as unknown as { _read?: ReadRange };
  const read = watched._read;
  if (typeof read !== 'function') {
    throw new Error(
      'this release of mediabunny is not supported; install the one that @loci/media names',
    );
  }
  const isLoop = loopWatch();
  watched._read = (start, end, ...rest) => {
    if (isLoop(start, end)) {
      throw new Error(`it is damaged at byte ${start}: convert or fetch it again`);
    }
    return read.call(source, start, end, ...rest);
  };
  return source;
}

/**
 * Detects repeating requests, as Brent's algorithm does: it remembers one request, each time for twice as long. The requests between
 * two occurrences of the remembered one are a round. A reader that makes progress has a new round now and then; in a loop no round is
 * new.
 *
 * @returns a function that takes each request in turn and returns whether it belongs to a loop.
 */
export function loopWatch(): (start: number, end: number) => boolean {
  let remembered: readonly [start: number, end: number] = [-1, -1];
  let stepsLeft = 1;
  let span = 1;
  let round = 0;
  const kinds = new Set<number>();
  let sinceNew = 0;
  return (start, end) => {
    if (start === remembered[0] && end === remembered[1]) {
      sinceNew = kinds.has(round) ? sinceNew + 1 : 0;
      if (kinds.size < MOST_KINDS) kinds.add(round);
      round = 0;
      if (sinceNew >= MOST_ROUNDS * kinds.size) return true;
    } else {
      round = (Math.imul(round, 31) + Math.imul(start, 7919) + end) | 0;
    }
    if (--stepsLeft === 0) {
      span *= 2;
      stepsLeft = span * MOST_ROUNDS;
      remembered = [start, end];
      round = 0;
      kinds.clear();
      sinceNew = 0;
    }
    return false;
  };
}
