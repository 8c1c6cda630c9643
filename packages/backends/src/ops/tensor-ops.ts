/**
 * Defines the tensor operations of models. An engine implements each once, with the lowering and the gradient that suit it. `T` is its
 * handle of a float32 tensor (or int32, for indices). Shapes are static. Hidden states are matrices `[rows, width]` with one row per token,
 * so that linear layers process all tokens of a batch at once.
 */

/** A reordering of rows and its inverse: a row may be left out, but none is used twice. */
export interface RowPermutation<T> {
  /** For each row of the result the row of the source; the number of source rows means a row of zeros. */
  readonly index: T;
  /** For each row of the source its row in the result; the number of result rows where it is left out. */
  readonly inverse: T;
  /** Whether rows of zeros occur in the result. */
  readonly hasZeroRows: boolean;
  /** Whether rows of the source are left out. */
  readonly leavesOut: boolean;
}

/** Rotary tables, one row per token: `[rows, headSize / 2]` each. */
export interface RotaryTables<T> {
  readonly cos: T;
  readonly sin: T;
}

/** Sizes of attention heads. Key and value heads are shared by `heads / keyValueHeads` query heads each. */
export interface HeadLayout {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
}

/** Attention within segments of equal length, in both directions. */
export interface SegmentAttention<T> extends HeadLayout {
  readonly segments: number;
  readonly length: number;
  /** Added to the scores of each key, `[segments, length]`: 0, or a large negative number for padding. */
  readonly keyMask?: T;
}

/** Completions that attention pads to one length: rows `completions · length`, one completion after another. */
export interface CompletionBand<T> {
  /** Completions of all groups together. */
  readonly completions: number;
  readonly length: number;
  /** The group of each completion as a one-hot row, `[completions, groups]`. Absent where each group has as many, in order of the groups. */
  readonly owners?: T;
}

/**
 * Causal attention of completions that share prompts. Rows are the prompts, `groups · promptLength`, then those of each band of
 * completions. A prompt token attends to its prompt up to itself, a completion token to its prompt and its completion up to itself.
 * Without bands there are only prompts.
 */
export interface SharedPromptAttention<T> extends HeadLayout {
  readonly groups: number;
  readonly promptLength: number;
  readonly bands: readonly CompletionBand<T>[];
  /** Added to the scores of prompt keys, `[groups, promptLength]`: 0, or a large negative number for padding on the right. */
  readonly promptMask: T;
}

/** The operations of an engine. Each is differentiable in its float operands. */
export interface TensorOps<T> {
  shapeOf(x: T): readonly number[];
  /** Element-wise, broadcasting. */
  add(a: T, b: T): T;
  /** Element-wise, broadcasting. */
  multiply(a: T, b: T): T;
  /** Every element times a number. */
  scale(x: T, factor: number): T;
  reshape(x: T, shape: readonly number[]): T;
  /** Columns of a matrix, cut into parts of these widths. */
  splitColumns(x: T, widths: readonly number[]): T[];
  /** `x · weightᵀ + bias` with `x [rows, in]`, `weight [out, in]`, `bias [out]`: the layout of published checkpoints. */
  linear(x: T, weight: T, bias?: T): T;
  /** `x / √(mean(x²) + epsilon) ∘ weight` along the last axis. */
  rmsNorm(x: T, weight: T, epsilon: number): T;
  /**
   * `(x − mean(x)) / √(var(x) + epsilon) ∘ weight + bias` along the last axis of `x [rows, width]`, with `weight` and `bias
   * [width]`. The variance is the biased one: the sum of squares over `width`.
   */
  layerNorm(x: T, weight: T, bias: T, epsilon: number): T;
  /** `silu(gate) ∘ up`, with `silu(x) = x / (1 + e⁻ˣ)`. */
  swiglu(gate: T, up: T): T;
  /**
   * GELU (arXiv 1606.08415), `x · Φ(x)` with Φ the normal distribution function: exact, or approximated as in models with
   * `gelu_pytorch_tanh`, `Φ(x) ≈ 0.5 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))`.
   */
  gelu(x: T, approximation?: 'tanh'): T;
  /** Rotates the halves of every head of `x [rows, heads · headSize]`: `(a, b) → (a·cos − b·sin, b·cos + a·sin)`. */
  rotate(x: T, tables: RotaryTables<T>, heads: number): T;
  /** `softmax(q · kᵀ / √headSize + mask) · v`; rows in, rows out `[segments · length, heads · headSize]`. */
  attendSegments(query: T, key: T, value: T, layout: SegmentAttention<T>): T;
  /** As `attendSegments`, causal and over shared prompts. */
  attendSharedPrompt(query: T, key: T, value: T, layout: SharedPromptAttention<T>): T;
  /** Rows of `weight [vocabulary, width]` for `ids [rows]` (int32); the gradients of repeated ids add up. */
  embed(weight: T, ids: T): T;
  /** Rows of `x` in another order, some of them zero. The gradient goes back by the inverse. */
  permuteRows(x: T, permutation: RowPermutation<T>): T;
  /** Matrices side by side. */
  concatColumns(parts: readonly T[]): T;
  /** Matrices below each other. */
  concatRows(parts: readonly T[]): T;
  /**
   * A segment of the model that `build` makes of `x`. For gradients an engine may recompute its inside rather than keep it, and calls
   * `build` again for that.
   *
   * @param inside `large`: always recompute it, being large and cheap.
   */
  checkpointedSegment(x: T, build: (x: T) => T, inside?: 'large'): T;
  /** Rows `start` to `end` (exclusive). */
  sliceRows(x: T, start: number, end: number): T;
  /** The result of `build` as a constant: nothing is kept for its gradient. */
  withoutGradient(build: () => T): T;
  /** `log softmax(logits)[i, targets[i, j]]` for `logits [rows, vocabulary]` and `targets [rows, n]` (int32). */
  tokenLogProbs(logits: T, targets: T): T;
  /** As `tokenLogProbs`, with the entropy `−Σ p · log p` of each row over the vocabulary as a last column: `[rows, n + 1]`. */
  tokenFigures(logits: T, targets: T): T;
}
