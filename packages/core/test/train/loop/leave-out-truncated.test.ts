import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { GroupScore } from '../../../src/rollout/score-groups.ts';
import type { AdvantagedGroup, Policy, TrainingGroup } from '../../../src/spec/index.ts';
import { fakePolicy, fakeSample } from '../../../src/testing/index.ts';
import { groupNormalised } from '../../../src/train/algorithm/advantages/group-normalised.ts';
import { estimateFinished, trainedOf } from '../../../src/train/loop/leave-out-truncated.ts';
import type { RolloutLine } from '../../../src/train/run-folder/rollout-lines.ts';
import { WORDS, metricsOf, temporaryFolder, trainToy } from '../../toy-run.ts';
import { estimatorOf } from '../algorithm/advantages/sums.ts';

/** A group of one reward; completions of the indices given ran into the limit. */
function scoreOf(rewards: readonly number[], truncated: readonly number[]): GroupScore {
  return {
    failures: [],
    group: {
      sample: fakeSample(),
      prompt: { tokenIds: new Int32Array(), media: [] },
      rollouts: rewards.map((_, index) => ({
        text: `${index}`,
        tokenIds: Int32Array.of(index),
        logProbs: Float32Array.of(-1),
        finishReason: truncated.includes(index) ? 'length' : 'stop',
      })),
      rewards: Float64Array.from(rewards),
      contributions: new Map([['answer', { values: Float64Array.from(rewards), weight: 1 }]]),
      outcomes: new Map([
        ['answer', rewards.map((value) => ({ status: 'scored', value }) as const)],
      ]),
    },
  };
}

async function estimate(scores: readonly GroupScore[]): Promise<readonly AdvantagedGroup[]> {
  const estimator = await estimatorOf(groupNormalised);
  const groups = estimateFinished(scores, (finished) => {
    const estimates = estimator.estimate(finished.map(({ group }) => group));
    return new Map(finished.map((score, at) => [score, { ...score.group, ...estimates[at]! }]));
  });
  return scores.map((score) => groups.get(score)!);
}

describe('completions that ran into the limit', () => {
  test('have no part in mean and deviation, no advantage, and keep their rewards in the record', async () => {
    const [group] = await estimate([scoreOf([0, 1, 0, 0], [0])]);
    // (1, 0, 0): mean ⅓, std √(2/3 / 2) = √⅓.
    const divisor = Math.sqrt(1 / 3) + 1e-4;
    const [first, ...others] = group!.advantages;
    expect(first).toBe(0);
    [2 / 3, -1 / 3, -1 / 3].forEach((distance, at) =>
      expect(others[at]).toBeCloseTo(distance / divisor, 12),
    );
    expect(group!.leftOut).toEqual([true, false, false, false]);
    expect([...group!.rewards]).toEqual([0, 1, 0, 0]);
  });

  test('are not in the update, and a group of nothing else is not either', async () => {
    const [some, all, none] = await estimate([
      scoreOf([0, 1, 0, 0], [0, 2]),
      scoreOf([0, 1], [0, 1]),
      scoreOf([0, 1], []),
    ]);
    const trained = trainedOf(some!)!;
    expect(trained.rollouts.map(({ text }) => text)).toEqual(['1', '3']);
    expect([...trained.rewards]).toEqual([1, 0]);
    expect([...trained.advantages]).toEqual([some!.advantages[1], some!.advantages[3]]);
    expect([...trained.contributions.get('answer')!.values]).toEqual([1, 0]);
    expect(trained.outcomes.get('answer')).toHaveLength(2);
    expect(trainedOf(all!)).toBeUndefined();
    expect(trainedOf(none!)).toBe(none);
  });
});

test('a run leaves them out of what the engine gets, and marks them in the record', async () => {
  const inner = fakePolicy({ words: WORDS, contexts: 4, maxPromptTokens: 64 });
  const batches: (readonly TrainingGroup[])[] = [];
  const policy = new Proxy(inner, {
    get(target, key) {
      if (key === 'forwardBackward') {
        const forwardBackward: Policy['forwardBackward'] = (groups, loss) => {
          batches.push(groups);
          return target.forwardBackward(groups, loss);
        };
        return forwardBackward;
      }
      const member = target[key as keyof typeof target] as unknown;
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
    },
  });
  const folder = temporaryFolder();
  const { events } = await trainToy(folder, ['leaveOutTruncated=true', 'steps=3'], {
    policy: () => policy,
  });
  const lines = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RolloutLine);
  const cut = lines.filter(({ finishReason }) => finishReason === 'length');
  expect(cut.length).toBeGreaterThan(0);
  expect(cut.length).toBeLessThan(lines.length);
  for (const line of lines) {
    const isCut = line.finishReason === 'length';
    expect(line.leftOut).toBe(isCut ? 'truncated' : undefined);
    expect(line.advantage === null).toBe(isCut);
    expect(line.reward).not.toBeNull();
  }
  const trained = batches.flat().reduce((sum, { completions }) => sum + completions.length, 0);
  expect(trained).toBe(lines.length - cut.length);
  for (const values of metricsOf(events)) {
    expect(values['completion/truncated']).toBeGreaterThan(0);
    expect(values['loss/total']).toBeDefined();
  }
});
