/** Pretraining from a script. The engines' package is loaded when it begins: whoever does without models does without it. */
import { loadBackends } from '../parts.ts';
import type { PretrainOptions } from '../pretrain/pretrain.ts';

/**
 * Makes a start model; see `PretrainOptions`.
 *
 * @throws LociError `engine-unavailable` without `@loci/backends`, those of the engine and of the disk.
 */
export async function pretrain(options: PretrainOptions): Promise<void> {
  await loadBackends('Pretraining');
  const { pretrain: begin } = await import('../pretrain/pretrain.ts');
  await begin(options);
}
