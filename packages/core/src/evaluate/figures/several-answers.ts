/**
 * Scores of several answers to one item: pass@k, with the unbiased estimator of Chen et al. (arXiv 2107.03374, equation 1), and the
 * majority answer.
 */
import type { Verdict } from '../../spec/index.ts';
import { average } from './bootstrap.ts';
import { scores, summedUp } from './verdicts.ts';
import type { Collapse } from './verdicts.ts';

/** A way of scoring several answers to an item. */
export interface Estimator {
  /** `pass@4`, `majority@8`. */
  readonly name: string;
  readonly collapse: Collapse;
}

/**
 * The estimators for a number of answers to each item: pass@1, 2, 4, … and of all, then the majority of all; none for a single answer.
 *
 * @example estimatorsOf(8).map(({ name }) => name) // ['pass@1', 'pass@2', 'pass@4', 'pass@8', 'majority@8']
 */
export function estimatorsOf(samples: number): readonly Estimator[] {
  if (samples < 2) return [];
  const ks: number[] = [];
  for (let k = 1; k < samples; k *= 2) ks.push(k);
  return [
    ...[...ks, samples].map((k) => ({ name: `pass@${k}`, collapse: bestOf(k) })),
    { name: `majority@${samples}`, collapse: majority },
  ];
}

/**
 * The expected best score of `k` answers drawn without replacement from `values`. For scores of 0 and 1 this is
 * `1 − C(n − c, k) / C(n, k)`, the unbiased estimator of pass@k with c right answers of n. For graded scores it is the expected maximum.
 * With `k` or fewer answers it is the best of them.
 */
export function passAtK(values: readonly number[], k: number): number {
  const sorted = [...values].sort((a, b) => b - a);
  const n = sorted.length;
  if (k >= n) return sorted[0] ?? 0;
  // Probability that the best of the draw is at place i of the descending order: C(n − 1 − i, k − 1) / C(n, k).
  let probability = k / n;
  let expected = 0;
  for (let place = 0; place <= n - k; place++) {
    expected += probability * sorted[place]!;
    probability *= (n - k - place) / (n - 1 - place);
  }
  return expected;
}

function bestOf(k: number): Collapse {
  return (verdicts) => ({
    ...summedUp(verdicts),
    score: passAtK(scores(verdicts), k),
  });
}

/**
 * The score of the answer with the most votes. Two answers are the same when the scorer compared the same normalized text with the truth.
 * Texts without an answer have no vote. Tied answers give their mean score, as if one of them were drawn.
 */
export function majority(verdicts: readonly Verdict[]): Verdict {
  const votes = new Map<string, number[]>();
  for (const { answered, normalised, score } of verdicts) {
    if (!answered || normalised === undefined) continue;
    const own = votes.get(normalised);
    if (own === undefined) votes.set(normalised, [score]);
    else own.push(score);
  }
  const most = Math.max(0, ...[...votes.values()].map((own) => own.length));
  const winners = [...votes].filter(([, own]) => own.length === most);
  const [winner] = winners;
  return {
    ...summedUp(verdicts),
    score: winner === undefined ? 0 : average(winners.map(([, own]) => average(own))),
    ...(winner !== undefined && winners.length === 1 && { normalised: winner[0] }),
  };
}
