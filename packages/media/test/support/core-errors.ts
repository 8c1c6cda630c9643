/** All of core that media needs, so that a process of its own starts quickly. */
/* eslint-disable @nx/enforce-module-boundaries -- stands for the package itself, see cache-writer.mjs. */
export { LociError, messageOf } from '../../../core/src/errors/loci-error.ts';
export { writeError } from '../../../core/src/files/write-error.ts';
