/** Pretrains from a script. It loads the engines' package only when it begins. */
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
