/** Defines the figures of tokens that a run computes, and collects them. */
import { weighsEntropies } from '@loci/core';
import type { Loss, PolicyGroup, TokenFigures, TokenReadout } from '@loci/core';
import { collectTokens } from './micro-batches.ts';
import type { MicroBatch } from './micro-batches.ts';

/** The default: log-probabilities at temperature 1 and nothing else. */
export const PLAIN_READOUT: TokenReadout = { temperature: 1, entropies: false };

/** The figures that a loss needs. */
export function readoutOf(loss: Loss): TokenReadout {
  const { temperature = PLAIN_READOUT.temperature } = loss;
  return { temperature, entropies: weighsEntropies(loss) };
}

/** Whether a readout is the plain one, which does not change the keys of graphs. */
export function isPlain({ temperature, entropies }: TokenReadout): boolean {
  return temperature === 1 && !entropies;
}

/** The figures of a batch, filled in run by run. */
export interface CollectedFigures extends TokenFigures {
  readonly logProbs: Float32Array[][];
  readonly entropies?: Float32Array[][];
}

/** Empty arrays for the figures of some groups. */
export function emptyFigures(
  groups: readonly PolicyGroup[],
  { entropies }: TokenReadout,
): CollectedFigures {
  const room = (): Float32Array[][] => groups.map(() => []);
  return { logProbs: room(), ...(entropies && { entropies: room() }) };
}

/** Copies the figures of a run, `[groups · completions, completionLength]` each, into those of its batch. */
export function collectFigures(
  { logProbs, entropies }: CollectedFigures,
  batch: MicroBatch,
  groups: readonly PolicyGroup[],
  found: { readonly logProbs: Float32Array; readonly entropies?: Float32Array | undefined },
): void {
  collectTokens(logProbs, batch, groups, found.logProbs);
  if (entropies && found.entropies) collectTokens(entropies, batch, groups, found.entropies);
}
