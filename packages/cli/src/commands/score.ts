import { LociError } from '@loci/core';
import type { Io } from '../io.ts';
import type { ScoreFlags } from '../program.ts';

/** Being written. */
export function score(_flags: ScoreFlags, _io: Io): Promise<void> {
  return Promise.reject(new LociError('unfinished', 'being written'));
}
