import { LociError } from '@loci/core';
import type { Io } from '../io.ts';
import type { ServeRewardsFlags } from '../program.ts';

/** Being written. */
export function serveRewards(_flags: ServeRewardsFlags, _io: Io): Promise<void> {
  return Promise.reject(new LociError('unfinished', 'being written'));
}
