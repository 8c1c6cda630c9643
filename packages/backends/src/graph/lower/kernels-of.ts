/** Finds a lowering by its name. */
import { fusedKernels } from './fused.ts';
import type { Kernels, LoweringName } from './kernels.ts';
import { plainKernels } from './plain.ts';

/** The operations of a lowering. */
export function kernelsOf(lowering: LoweringName): Kernels {
  return lowering === 'fused' ? fusedKernels : plainKernels;
}
