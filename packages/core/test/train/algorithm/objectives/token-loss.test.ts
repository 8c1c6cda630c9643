import { describe, expect, test } from '@jest/globals';
import { randomStream } from '../../../../src/random/seed.ts';
import type { Loss } from '../../../../src/spec/index.ts';
import { tokenLoss } from '../../../../src/train/algorithm/objectives/token-loss.ts';
import type { TokenLossTargets } from '../../../../src/train/algorithm/objectives/token-loss.ts';

describe('the token loss', () => {
  const losses: readonly Loss[] = [
    { kind: 'cross-entropy' },
    { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.3, klWeight: 0 },
    { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.3, klWeight: 0.4, klClamp: 1 },
  ];

  test.each(losses)('has the derivative of its value: %j', (loss) => {
    const random = randomStream(4);
    const step = 1e-6;
    for (let trial = 0; trial < 200; trial++) {
      const logProb = -3 * random();
      const targets: TokenLossTargets = {
        advantages: Float32Array.of(2 * random() - 1),
        oldLogProbs: Float32Array.of(logProb + random() - 0.5),
        referenceLogProbs: Float32Array.of(logProb + 3 * random() - 1.5),
      };
      const at = (x: number): number => tokenLoss(loss, targets, 0, x).value;
      const slope = (at(logProb + step) - at(logProb - step)) / (2 * step);
      expect(tokenLoss(loss, targets, 0, logProb).derivative).toBeCloseTo(slope, 3);
    }
  });

  test('is held at the bound only where there is one', () => {
    const far = { referenceLogProbs: [9] };
    const loss = { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.2, klWeight: 1 } as const;
    expect(tokenLoss(loss, far, 0, -1).value).toBeCloseTo(Math.exp(10) - 11, 6);
    expect(tokenLoss({ ...loss, klClamp: 2 }, far, 0, -1)).toMatchObject({
      value: Math.exp(2) - 3,
      derivative: 0,
    });
  });
});
