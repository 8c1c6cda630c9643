/**
 * Draws the random numbers of sampling on the host from the seed, the prompt, the completion and the step alone. So a completion depends
 * neither on the rest of its batch nor on the chunks of a request.
 */
import { deriveSeed, randomStream } from '@loci/core';
import type { CompletionAddress } from '@loci/core';

/**
 * Random numbers for some steps of some completions, row-major `[steps, completions]`, uniform in [0, 1) and exact in
 * float32: multiples of 2⁻²³, so that a product with any total stays below that total however it is rounded.
 *
 * @param firstStep step of the first row, counted from 0 within the completion.
 */
export function drawUniforms(
  seed: number,
  completions: readonly CompletionAddress[],
  firstStep: number,
  steps: number,
): Float32Array {
  const uniforms = new Float32Array(steps * completions.length);
  completions.forEach(({ prompt, completion }, column) => {
    const random = randomStream(deriveSeed(seed, 'token', prompt, completion));
    for (let skipped = 0; skipped < firstStep; skipped++) random();
    for (let step = 0; step < steps; step++) {
      uniforms[step * completions.length + column] = Math.floor(random() * 2 ** 23) / 2 ** 23;
    }
  });
  return uniforms;
}
