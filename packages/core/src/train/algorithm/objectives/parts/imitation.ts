/** Imitation: cross-entropy of demonstrations. */
import type { CompletionFacts, CompletionTokens } from '../../../../spec/index.ts';
import { maskedLength, tokenWeights } from './aggregation.ts';

/** The loss of imitating the demonstrations of a batch, and its derivatives; 0 for completions that were sampled. */
export interface Imitation {
  readonly loss: number;
  readonly dLogProbs: readonly Float64Array[];
}

/** weight · mean of −log π over the demonstrated tokens of the batch that are learned from. */
export function imitation(batch: readonly CompletionTokens[], weight: number): Imitation {
  const shares = imitationWeights(batch).map((share) => weight * share);
  let loss = 0;
  const dLogProbs = batch.map(({ logProbs, mask, source }, index) =>
    Float64Array.from(logProbs, (logProb, token) => {
      if (source === 'sampled' || mask[token] === 0) return 0;
      loss -= shares[index]! * logProb;
      return -shares[index]!;
    }),
  );
  return { loss, dLogProbs };
}

/** The weight of a token of each completion: 1 / (demonstrated tokens of the batch), and 0 for sampled completions. */
export function imitationWeights(batch: readonly CompletionFacts[]): readonly number[] {
  const lengths = batch.map(({ mask, source }) =>
    source === 'demonstrated' ? maskedLength(mask) : 0,
  );
  return tokenWeights(lengths, { kind: 'token' });
}
