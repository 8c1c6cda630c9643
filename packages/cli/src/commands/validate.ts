import { LociError } from '@loci/core';
import type { Io } from '../io.ts';
import type { ValidateFlags } from '../program.ts';

/** Being written. */
export function validate(_flags: ValidateFlags, _io: Io): Promise<void> {
  return Promise.reject(new LociError('unfinished', 'being written'));
}
