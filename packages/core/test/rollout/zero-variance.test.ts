import { expect, test } from '@jest/globals';
import { combineOutcomes } from '../../src/rollout/combine.ts';
import type { RewardPlace } from '../../src/rollout/combine.ts';
import { zeroVarianceReason } from '../../src/rollout/zero-variance.ts';
import type { GroupScore } from '../../src/rollout/score-groups.ts';
import type { RewardOutcome } from '../../src/spec/index.ts';
import { fakeSample } from '../../src/testing/index.ts';
import { normaliseRewards } from '../../src/train/algorithm/advantages/reward-normalised.ts';

const leading = { name: 'answer', range: [0, 1] } as const;
const answer: RewardPlace = { name: 'answer', weight: 1 };
const brevity: RewardPlace = { name: 'brevity', weight: 1 };

function scoreOf(
  answers: readonly RewardOutcome[],
  others: readonly RewardOutcome[] = answers.map(() => value(0)),
  { failed = false, weights = [1, 1] as readonly [number, number] } = {},
): GroupScore {
  const failures = failed ? [{ reward: 'answer', sampleId: 's', message: 'x' }] : [];
  const outcomes = new Map([
    ['answer', answers],
    ['brevity', others],
  ]);
  const places = [
    { ...answer, weight: weights[0] },
    { ...brevity, weight: weights[1] },
  ];
  const combined = combineOutcomes(places, outcomes, answers.length, 1);
  const prompt = { tokenIds: new Int32Array(), media: [] };
  return {
    failures,
    group: { sample: fakeSample(), prompt, rollouts: [], outcomes, ...combined },
  };
}

const value = (of: number, parsed = 1): RewardOutcome => ({
  status: 'scored',
  value: of,
  parts: { parsed },
});
const abstained: RewardOutcome = { status: 'abstained', reason: 'no rule' };

const nothing = Float64Array.of(0, -0);

test.each<[string | undefined, Float64Array, GroupScore]>([
  [undefined, Float64Array.of(-1, 1), scoreOf([value(0), value(1)])],
  [undefined, Float64Array.of(-1, 1), scoreOf([value(1), value(1)], [value(0), value(1)])],
  ['all-correct', nothing, scoreOf([value(1), value(1)])],
  ['all-wrong', nothing, scoreOf([value(0), value(0)])],
  ['all-wrong', nothing, scoreOf([value(0), value(0, 0)])],
  ['all-unparsed', nothing, scoreOf([value(0, 0), value(0, 0)])],
  ['all-unparsed', nothing, scoreOf([abstained, value(0, 0)])],
  ['rewards-cancel', nothing, scoreOf([value(0), value(1)], [value(1), value(0)])],
  ['rewards-cancel', nothing, scoreOf([abstained, value(1)], [value(1), value(0)])],
  ['other', nothing, scoreOf([value(0.5), value(0.5)])],
  // Reasons that do not apply are not given: what differs is not all right, and who abstains has read nothing.
  ['rewards-cancel', nothing, scoreOf([value(1), value(1)], [value(1), value(0)])],
  ['other', nothing, scoreOf([abstained, abstained])],
  ['too-few-scored', nothing, scoreOf([abstained, abstained], [abstained, abstained])],
  ['too-few-scored', nothing, scoreOf([abstained, value(1)], [abstained, value(1)])],
  [
    'all-correct',
    Float64Array.of(0, 0, 0),
    scoreOf([abstained, value(1), value(1)], [abstained, value(0), value(0)]),
  ],
])('%s', (reason, advantages, score) => {
  expect(zeroVarianceReason(score, { advantages }, leading)).toBe(reason);
});

test('a group that was left out lost a reward', () => {
  const score = scoreOf([value(1), value(0)], undefined, { failed: true });
  expect(zeroVarianceReason(score, undefined, leading)).toBe('reward-failed');
});

test('a leading reward that judges no answers gives no reason about answers', () => {
  const outcomes = new Map([
    ['brevity', [1, 1].map((of) => ({ status: 'scored', value: of }) as const)],
  ]);
  const combined = combineOutcomes([brevity], outcomes, 2, 1);
  const { group } = scoreOf([value(1), value(1)]);
  const score = { failures: [], group: { ...group, outcomes, ...combined } };
  const leader = { name: 'brevity', range: [0, 1] } as const;
  expect(zeroVarianceReason(score, { advantages: nothing }, leader)).toBe('all-highest');
  expect(zeroVarianceReason(score, { advantages: nothing }, { ...leader, range: [1, 2] })).toBe(
    'all-lowest',
  );
});

test('without a leading reward the reason is other', () => {
  expect(
    zeroVarianceReason(scoreOf([value(1), value(1)]), { advantages: nothing }, undefined),
  ).toBe('other');
});

test('is judged from what the estimator makes of the group and not from its sums', () => {
  const options = { epsilon: 1e-4, normaliseBatch: true };
  const reasonOf = (score: GroupScore): string | undefined => {
    const [estimate] = normaliseRewards([score.group], options);
    return zeroVarianceReason(score, estimate, leading);
  };
  // Equal sums, 2 × answer + 1 × brevity = 2 throughout: compared one by one, answer outweighs brevity.
  const equalSums = scoreOf([value(1), value(0)], [value(0), value(2)], { weights: [2, 1] });
  expect([...equalSums.group.rewards]).toEqual([2, 2]);
  expect(reasonOf(equalSums)).toBeUndefined();
  // By equal weights the same differences cancel.
  expect(reasonOf(scoreOf([value(1), value(0)], [value(0), value(1)]))).toBe('rewards-cancel');
});
