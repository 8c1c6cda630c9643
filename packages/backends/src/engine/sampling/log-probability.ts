/** Log-probabilities on the host. */

/** `log softmax(logits)[id]`, summed in float64. */
export function logProbability(logits: Float32Array, id: number): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - largest);
  return logits[id]! - largest - Math.log(total);
}
