import { expect, test } from '@jest/globals';
import { zeroVarianceReason } from '../../src/rollout/zero-variance.ts';
import type { GroupScore } from '../../src/rollout/score-groups.ts';
import type { RewardOutcome } from '../../src/spec/index.ts';
import { fakeSample } from '../../src/testing/index.ts';

const leading = { name: 'answer', range: [0, 1] } as const;

function scoreOf(
  rewards: readonly number[],
  outcomes: readonly RewardOutcome[],
  failed = false,
): GroupScore {
  const failures = failed ? [{ reward: 'answer', sampleId: 's', message: 'x' }] : [];
  return {
    failures,
    group: {
      sample: fakeSample(),
      prompt: { tokenIds: new Int32Array(), media: [] },
      rollouts: [],
      rewards: Float64Array.from(rewards),
      outcomes: new Map([['answer', outcomes]]),
    },
  };
}

const value = (of: number, parsed = 1): RewardOutcome => ({
  status: 'scored',
  value: of,
  parts: { parsed },
});
const abstained: RewardOutcome = { status: 'abstained', reason: 'no rule' };

test.each<[string | undefined, GroupScore]>([
  [undefined, scoreOf([1, 2], [value(0), value(1)])],
  ['all-correct', scoreOf([1, 1], [value(1), value(1)])],
  ['all-wrong', scoreOf([0, 0], [value(0), value(0)])],
  ['all-wrong', scoreOf([0, 0], [value(0), value(0, 0)])],
  ['all-unparsed', scoreOf([0, 0], [value(0, 0), value(0, 0)])],
  ['all-unparsed', scoreOf([0, 0], [abstained, value(0, 0)])],
  ['reward-failed', scoreOf([Number.NaN, Number.NaN], [value(1), value(0)], true)],
  ['other', scoreOf([0.5, 0.5], [value(0.5), value(0.5)])],
  ['other', scoreOf([1, 1], [value(0), value(1)])],
])('%s', (reason, score) => {
  expect(zeroVarianceReason(score, leading)).toBe(reason);
});

test('without a leading reward the reason is other', () => {
  expect(zeroVarianceReason(scoreOf([1, 1], []), undefined)).toBe('other');
});
