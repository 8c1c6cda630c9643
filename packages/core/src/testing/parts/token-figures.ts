/** Figures of one token from its row of logits, and their gradients, in float64: what engines compute in bulk, in a slow and obvious form. */
import { logSoftmax } from './draw-token.ts';

/** Of the distribution `softmax(logits / temperature)`, in nats. */
export interface TokenFiguresOfRow {
  /** Of the token. */
  readonly logProb: number;
  /** `−Σ p log p` over all tokens. */
  readonly entropy: number;
}

/** The derivatives of a loss by the figures of a row. */
export interface FigureDerivatives {
  readonly logProb: number;
  /** Absent: 0. */
  readonly entropy?: number;
}

/** log softmax of a row of logits divided by the temperature. */
function distribution(logits: Float64Array, temperature: number): Float64Array {
  return logSoftmax(temperature === 1 ? logits : logits.map((logit) => logit / temperature));
}

function entropyOf(logProbs: Float64Array): number {
  return logProbs.reduce((sum, own) => sum - Math.exp(own) * own, 0);
}

/**
 * The log-probability of a token and the entropy of the row that it was drawn from.
 *
 * @param temperature Divides the logits; above 0.
 * @example tokenFigures(Float64Array.of(0, 0), 1); // { logProb: −0.693…, entropy: 0.693… }
 */
export function tokenFigures(
  logits: Float64Array,
  token: number,
  temperature = 1,
): TokenFiguresOfRow {
  const logProbs = distribution(logits, temperature);
  return { logProb: logProbs[token]!, entropy: entropyOf(logProbs) };
}

/**
 * The gradient by the logits of a loss with these derivatives. With z the logits over the temperature τ:
 * `∂ log p(token) / ∂z = onehot(token) − p`, `∂H / ∂z = −p · (log p + H)` and `∂z / ∂logits = 1 / τ`.
 */
export function logitGradient(
  logits: Float64Array,
  token: number,
  { logProb, entropy = 0 }: FigureDerivatives,
  temperature = 1,
): Float64Array {
  const logProbs = distribution(logits, temperature);
  const mean = entropy === 0 ? 0 : entropyOf(logProbs);
  return logProbs.map((own, other) => {
    const probability = Math.exp(own);
    const byLogProb = logProb * ((other === token ? 1 : 0) - probability);
    return (byLogProb - entropy * probability * (own + mean)) / temperature;
  });
}
