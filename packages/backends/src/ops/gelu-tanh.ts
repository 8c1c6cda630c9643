/**
 * Gives the coefficients of the tanh approximation of GELU (arXiv 1606.08415) in the form that every engine computes. With
 * `u = √(2/π) · (x + 0.044715·x³)` it is `x · 0.5 · (1 + tanh u)`, and `0.5 · (1 + tanh u)` is the sigmoid of
 * `2u = x · (linear + cubic · x²)`: fewer operations, and nothing cancels where tanh nears −1.
 */
const linear = Math.sqrt(8 / Math.PI);

/** The coefficients of `2u = x · (linear + cubic · x²)`. */
export const GELU_TANH = { linear, cubic: 0.044715 * linear } as const;
