/**
 * How the losses of tokens become one number: each token has a weight, and the loss is `Σ weight · tokenLoss`. With B completions, and L
 * the number of tokens of a completion that are learned from:
 *
 * - `completion`: 1 / (B · L), the mean of each completion's mean, so that each completion counts the same (GRPO, arXiv 2402.03300);
 * - `token`: 1 / ΣL, the mean over all tokens of the batch (DAPO, arXiv 2503.14476);
 * - `constant`: 1 / (B · fixed length), a sum that favors no length (Dr. GRPO, arXiv 2503.20783);
 * - `completion-sum`: 1 / B, the mean of each completion's sum (LUSPO).
 */
export type Aggregation =
  | { readonly kind: 'completion' | 'token' | 'completion-sum' }
  | { readonly kind: 'constant'; readonly tokens: number };

/**
 * The weight of a token of each completion.
 *
 * @param lengths Tokens of each completion that are learned from, over the whole batch. A completion without any gets 0.
 * @example tokenWeights([2, 4], { kind: 'token' }); // [1/6, 1/6]
 */
export function tokenWeights(
  lengths: readonly number[],
  aggregation: Aggregation,
): readonly number[] {
  const { kind } = aggregation;
  switch (kind) {
    case 'completion':
      return lengths.map((length) => (length === 0 ? 0 : 1 / (lengths.length * length)));
    case 'token': {
      const total = totalLength(lengths);
      return lengths.map((length) => (length === 0 ? 0 : 1 / total));
    }
    case 'constant':
      return lengths.map(() => 1 / (lengths.length * aggregation.tokens));
    case 'completion-sum':
      return lengths.map(() => 1 / lengths.length);
    default:
      return kind satisfies never;
  }
}

/** How many tokens of a completion are learned from. */
export function maskedLength(mask: ArrayLike<number>): number {
  return Array.from(mask).reduce((sum, value) => sum + value, 0);
}

/** The tokens of all completions that are learned from; 1 when there are none, so that a mean over them is 0. */
export function totalLength(lengths: readonly number[]): number {
  return Math.max(
    1,
    lengths.reduce((sum, length) => sum + length, 0),
  );
}
