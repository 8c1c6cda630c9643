/** What is said of outcomes that a reward ought not to return. */
import { describe, expect, test } from '@jest/globals';
import { scoreGroups } from '../../src/rollout/score-groups.ts';
import type { RunReward } from '../../src/rollout/run-reward.ts';
import type { Reward, RewardOutcome, RolloutGroup } from '../../src/spec/index.ts';
import { fakeSample } from '../../src/testing/index.ts';

function group(texts: readonly string[]): RolloutGroup {
  const rollouts = (of: readonly string[]): RolloutGroup['rollouts'] =>
    of.map((text) => ({
      text,
      tokenIds: new Int32Array(text.length + 1),
      logProbs: new Float32Array(text.length + 1),
      finishReason: 'stop',
    }));
  return {
    sample: fakeSample({ id: 'scene-1#2' }),
    prompt: { tokenIds: new Int32Array(3), media: [] },
    rollouts: rollouts(texts),
  };
}

const placed = (name: string, reward: Partial<Reward>, weight = 1): RunReward => ({
  name,
  weight,
  timeoutMs: 50,
  reward: { range: [0, 1], score: () => [], ...reward },
});

const scored = (value: number): RewardOutcome => ({ status: 'scored', value });

describe('outcomes that are none', () => {
  test('names parts that are no finite numbers, and keeps the others', async () => {
    const parts = { share: 0 / 0, most: Infinity, word: 'x', none: null, big: 1n, fine: 0.5 };
    const [score] = await scoreGroups(
      [group(['a', 'b'])],
      [placed('odd', { score: () => [{ ...scored(1), parts } as never, scored(1)] })],
    );
    expect(score!.failures).toEqual([]);
    expect(score!.group.outcomes.get('odd')![0]).toEqual({ ...scored(1), parts: { fine: 0.5 } });
    const about = { reward: 'odd', sampleId: 'scene-1#2', completion: 0 };
    expect(score!.unknownParts).toEqual([
      { ...about, part: 'share', value: 'NaN' },
      { ...about, part: 'most', value: 'Infinity' },
      { ...about, part: 'word', value: 'the text "x"' },
      { ...about, part: 'none', value: 'null' },
      { ...about, part: 'big', value: 'the bigint 1n' },
    ]);
  });

  test.each<[unknown, string]>([
    ['1', 'the text "1"'],
    [true, 'the boolean true'],
    [1n, 'the bigint 1n'],
    [null, 'null'],
    [[1], 'the list [1]'],
    [{ value: 1 }, 'the object {"value":1}'],
    [undefined, 'undefined'],
    [1, '1'],
  ])('%p is no outcome: the message says what came and what is wanted', async (odd, words) => {
    const [found] = await scoreGroups(
      [group(['a', 'b'])],
      [placed('odd', { score: () => [scored(1), odd as never] })],
    );
    const { failures } = found!;
    expect(failures[0]!.completion).toBe(1);
    expect(failures[0]!.message).toContain(`${words}; return a finite number`);
  });
});
