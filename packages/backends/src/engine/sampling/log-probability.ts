/** Log-probabilities on the host. */

/** `log softmax(logits / temperature)[id]`, summed in float64. @param temperature above 0. */
export function logProbability(logits: Float32Array, id: number, temperature = 1): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp((logit - largest) / temperature);
  return (logits[id]! - largest) / temperature - Math.log(total);
}
