/** The batch of `grpo/` as a policy takes it, the loss of a variant, and figures of what came out. */
import type { Loss, TokenTargets, TrainingGroup } from '@loci/core';
import { caseMedia, integers, promptsOf } from './fixture.ts';
import type { Fixture, GrpoVariant } from './fixture.ts';
import { worstDifference } from './report.ts';

/** The stored batch, completion by completion. */
export interface Batch {
  readonly group: Omit<TrainingGroup, 'targets'>;
  readonly advantages: Float32Array;
  /** A row of a stored `[completions, tokens]` array, cut to the completion. */
  row(array: Float32Array, completion: number): Float32Array;
}

/** Reads the batch. @throws Error when the folder has none. */
export async function readBatch(fixture: Fixture): Promise<Batch> {
  const { arrays, model, facts } = fixture;
  if (!facts.grpo) throw new Error('parity.json has no "grpo"');
  const media = await caseMedia(fixture, 'grpo', facts.grpo.vision);
  const [prompt] = promptsOf([await integers(arrays, 'grpo/prompt_ids')], media, model);
  const ids = await integers(arrays, 'grpo/completion_ids');
  const mask = await integers(arrays, 'grpo/completion_mask');
  const [rows, width] = arrays.entries.get('grpo/completion_ids')!.shape as [number, number];
  const lengths = Array.from(
    { length: rows },
    (_, row) => mask.subarray(row * width, (row + 1) * width).lastIndexOf(1) + 1,
  );
  const completions = lengths.map((length, row) => ids.slice(row * width, row * width + length));
  return {
    group: { prompt: prompt!, completions },
    advantages: await arrays.readFloats('grpo/advantages'),
    row: (array, completion) =>
      array.slice(completion * width, completion * width + lengths[completion]!),
  };
}

/** The weight of a token of a completion: how the reduction averages. */
function tokenWeight(variant: GrpoVariant, lengths: readonly number[], completion: number): number {
  switch (variant.loss_type) {
    case 'grpo':
      return 1 / (lengths.length * lengths[completion]!);
    case 'bnpo':
      return 1 / lengths.reduce((sum, length) => sum + length, 0);
    case 'dr_grpo':
      return 1 / (lengths.length * (variant.max_completion_length ?? Math.max(...lengths)));
  }
}

/** Mean divergence (over tokens of a completion, then over completions) and share of clipped tokens. */
export function diagnostics(
  variant: GrpoVariant,
  targets: readonly TokenTargets[],
  logProbs: readonly Float32Array[],
): { readonly meanKl: number; readonly clipFraction: number } {
  const clamp = variant.kl_clamp ?? Infinity;
  let [clipped, tokens] = [0, 0];
  let meanKl = 0;
  targets.forEach(({ advantages, oldLogProbs, referenceLogProbs }, completion) => {
    const own = logProbs[completion]!;
    own.forEach((logProb, token) => {
      const distance = referenceLogProbs![token]! - logProb;
      const x = Math.min(Math.max(distance, -clamp), clamp);
      meanKl += (Math.exp(x) - x - 1) / (own.length * targets.length);
      const ratio = Math.exp(logProb - (oldLogProbs?.[token] ?? logProb));
      const advantage = advantages![token]!;
      const outside =
        (ratio < 1 - variant.eps_low && advantage < 0) ||
        (ratio > 1 + variant.eps_high && advantage > 0);
      if (outside) clipped++;
      tokens++;
    });
  });
  return { meanKl, clipFraction: clipped / tokens };
}

/** What a variant minimizes on the batch. */
export async function variantLoss(
  { arrays }: Fixture,
  { group, advantages, row }: Batch,
  variant: GrpoVariant,
): Promise<{ readonly targets: readonly TokenTargets[]; readonly loss: Loss }> {
  const reference = await arrays.readFloats(`grpo/${variant.ref}`);
  const storedOld = `grpo/${variant.old}`;
  const old = arrays.entries.has(storedOld) ? await arrays.readFloats(storedOld) : undefined;
  const lengths = group.completions.map(({ length }) => length);
  const targets = lengths.map((length, completion): TokenTargets => ({
    weights: new Float32Array(length).fill(tokenWeight(variant, lengths, completion)),
    advantages: new Float32Array(length).fill(advantages[completion]!),
    referenceLogProbs: row(reference, completion),
    ...(old ? { oldLogProbs: row(old, completion) } : {}),
  }));
  const loss: Loss = {
    kind: 'policy-gradient',
    clipLow: variant.eps_low,
    clipHigh: variant.eps_high,
    klWeight: variant.beta,
    ...(variant.kl_clamp ? { klClamp: variant.kl_clamp } : {}),
  };
  return { targets, loss };
}

/** Largest difference of log-probabilities from a stored array, padding left out. */
export function worstLogProb(
  { row }: Batch,
  found: readonly Float32Array[],
  expected: Float32Array,
): number {
  return Math.max(
    ...found.map((values, completion) => worstDifference(values, row(expected, completion))),
  );
}
