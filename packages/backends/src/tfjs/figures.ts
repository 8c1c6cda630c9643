/** Moves figures of tokens from the device to the host. */
import type { CompletionFigures } from '../models/spec/graphs.ts';
import { takeFloats } from './tf.ts';
import type { Tensor, Tf } from './tf.ts';

/** The figures of `run`; its other tensors are freed. */
export function runForFigures(
  tf: Tf,
  run: () => CompletionFigures<Tensor>,
): CompletionFigures<Tensor> {
  const [logProbs, entropies] = tf.tidy(() => {
    const made = run();
    return made.entropies ? [made.logProbs, made.entropies] : [made.logProbs];
  });
  return { logProbs: logProbs!, ...(entropies && { entropies }) };
}

/** Figures that outlive their run. */
export function keepFigures(
  tf: Tf,
  { logProbs, entropies }: CompletionFigures<Tensor>,
): CompletionFigures<Tensor> {
  const keep = (tensor: Tensor): Tensor => tf.keep(tensor.clone());
  return { logProbs: keep(logProbs), ...(entropies && { entropies: keep(entropies) }) };
}

/** The values of figures, whose tensors are freed. */
export async function takeFigures({ logProbs, entropies }: CompletionFigures<Tensor>): Promise<{
  readonly logProbs: Float32Array;
  readonly entropies?: Float32Array | undefined;
}> {
  return {
    logProbs: await takeFloats(logProbs),
    entropies: entropies && (await takeFloats(entropies)),
  };
}
