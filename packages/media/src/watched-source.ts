/**
 * A file as Mediabunny reads it, which notices when its reader goes round in circles: of some damaged files Mediabunny asks for the
 * same bytes in the same order for ever, and lets nothing else run meanwhile.
 */
import type { FilePathSource } from 'mediabunny';
import { loadMediabunny } from './load-mediabunny.ts';

/** The same requests in the same order, so many times on end, are a circle. */
const MOST_ROUNDS = 100;
/** So many different rounds are kept to know a new one by. */
const MOST_KINDS = 10_000;

/** What Mediabunny calls for every range of bytes, also for one that it still has in memory. */
type ReadRange = (this: unknown, start: number, end: number, ...rest: unknown[]) => unknown;

/**
 * Opens a file for Mediabunny.
 *
 * @returns a source whose reads fail with an Error once they repeat themselves for ever.
 * @throws Error when Mediabunny has changed, so that its reads cannot be watched.
 */
export async function watchedSource(path: string): Promise<FilePathSource> {
  const { FilePathSource: Source } = await loadMediabunny();
  const source = new Source(path);
  const watched = source as unknown as { _read?: ReadRange };
  const read = watched._read;
  if (typeof read !== 'function') {
    throw new Error(
      'this release of mediabunny has no reads to watch; install the one that @loci/media names',
    );
  }
  const isCircle = circleWatch();
  watched._read = (start, end, ...rest) => {
    if (isCircle(start, end)) {
      throw new Error(`it is damaged at byte ${start}: convert or fetch it again`);
    }
    return read.call(source, start, end, ...rest);
  };
  return source;
}

/**
 * Finds out whether requests repeat themselves (as Brent's algorithm does: one request is remembered, each time for twice as long).
 * What is asked between two occurrences of the remembered one is a round. A reader that gets on asks for something new now and then;
 * in a circle no round is new.
 *
 * @returns whether a request, given as it comes, belongs to a circle.
 */
export function circleWatch(): (start: number, end: number) => boolean {
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
