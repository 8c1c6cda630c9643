/**
 * How the losses of tokens become one number. Everything is in the weight of a token, so that engines only sum.
 *
 * - `sequence`: mean over the tokens of a completion, then over completions (GRPO; a completion weighs the same whatever its length);
 * - `token`: mean over all tokens of the batch (DAPO, arXiv 2503.14476);
 * - `constant`: sum over tokens, divided by completions times a fixed length (Dr. GRPO, arXiv 2503.20783).
 */
export type Normalisation =
  { readonly kind: 'sequence' | 'token' } | { readonly kind: 'constant'; readonly tokens: number };

/**
 * The weight of a token of each completion, given the numbers of their tokens over the whole batch: `Σ weight · tokenLoss` is the
 * normalised loss. A completion without tokens gets 0.
 */
export function tokenWeights(
  lengths: readonly number[],
  normalisation: Normalisation,
): readonly number[] {
  const { kind } = normalisation;
  switch (kind) {
    case 'sequence':
      return lengths.map((length) => (length === 0 ? 0 : 1 / (lengths.length * length)));
    case 'token': {
      const total = lengths.reduce((sum, length) => sum + length, 0);
      return lengths.map((length) => (length === 0 ? 0 : 1 / total));
    }
    case 'constant':
      return lengths.map(() => 1 / (lengths.length * normalisation.tokens));
    default:
      return kind satisfies never;
  }
}
