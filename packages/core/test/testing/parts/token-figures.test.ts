import { expect, test } from '@jest/globals';
import { randomStream } from '../../../src/random/seed.ts';
import { logitGradient, tokenFigures } from '../../../src/testing/parts/token-figures.ts';

test('are those of the definition', () => {
  const even = tokenFigures(Float64Array.of(1, 1, 1, 1), 2);
  expect(even.logProb).toBeCloseTo(-Math.log(4), 12);
  expect(even.entropy).toBeCloseTo(Math.log(4), 12);
  // softmax of (0, 2 log 3) at temperature 2 is (1/4, 3/4).
  const warm = tokenFigures(Float64Array.of(0, 2 * Math.log(3)), 1, 2);
  expect(warm.logProb).toBeCloseTo(Math.log(3 / 4), 12);
  expect(warm.entropy).toBeCloseTo(0.25 * Math.log(4) - 0.75 * Math.log(3 / 4), 12);
  // A probability that underflows to 0 adds nothing to the entropy.
  expect(tokenFigures(Float64Array.of(0, -1e4), 0)).toEqual({ logProb: 0, entropy: 0 });
});

test.each([0.6, 1, 1.8])('have the gradient of finite differences at temperature %d', (warmth) => {
  const random = randomStream(3);
  const logits = Float64Array.from({ length: 7 }, () => 4 * random() - 2);
  const [byLogProb, byEntropy] = [0.7, -1.3];
  const at = (values: Float64Array): number => {
    const { logProb, entropy } = tokenFigures(values, 4, warmth);
    return byLogProb * logProb + byEntropy * entropy;
  };
  const found = logitGradient(logits, 4, { logProb: byLogProb, entropy: byEntropy }, warmth);
  for (const index of logits.keys()) {
    const moved = (by: number): number =>
      at(logits.map((logit, other) => logit + (other === index ? by : 0)));
    expect(found[index]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 7);
  }
});
