// fast-check as tests import it: the same cases each time, so that what passed once passes again. `nx run tools:fuzz` looks
// for new ones, with LOCI_FUZZ_SEED and LOCI_FUZZ_TIMES (how many times the cases of a usual run).
import * as fastCheck from './node_modules/fast-check/lib/fast-check.js';

const { LOCI_FUZZ_SEED: seed = 1, LOCI_FUZZ_TIMES: times = 1 } = process.env;
fastCheck.configureGlobal({ seed: Number(seed), numRuns: 100 * Number(times) });

export * from './node_modules/fast-check/lib/fast-check.js';
export { default } from './node_modules/fast-check/lib/fast-check.js';
