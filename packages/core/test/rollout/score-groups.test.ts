import { describe, expect, test } from '@jest/globals';
import { scoreGroups } from '../../src/rollout/score-groups.ts';
import type { RunReward } from '../../src/rollout/run-reward.ts';
import type { GroupScore } from '../../src/rollout/score-groups.ts';
import type { Reward, RewardOutcome, RolloutGroup } from '../../src/spec/index.ts';
import { fakeSample } from '../../src/testing/index.ts';

function group(texts: readonly string[], shuffled?: readonly string[]): RolloutGroup {
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
    ...(shuffled && { looks: new Map([['shuffled', rollouts(shuffled)]]) }),
  };
}

const placed = (name: string, reward: Partial<Reward>, weight = 1): RunReward => ({
  name,
  weight,
  timeoutMs: 50,
  reward: { range: [0, 1], score: () => [], ...reward },
});

const scored = (value: number): RewardOutcome => ({ status: 'scored', value });

async function scoreOne(rewards: readonly RunReward[], texts = ['a', 'b']): Promise<GroupScore> {
  const [score] = await scoreGroups([group(texts)], rewards);
  return score!;
}

describe('scoreGroups', () => {
  test('sums values by weight; an abstention adds nothing', async () => {
    const { group: found, failures } = await scoreOne([
      placed('first', { score: () => [scored(1), scored(0.5)] }, 2),
      placed(
        'second',
        { range: [-1, 1], score: () => [scored(-1), { status: 'abstained', reason: 'no map' }] },
        0.5,
      ),
    ]);
    expect([...found.rewards]).toEqual([1.5, 1]);
    expect(failures).toEqual([]);
    expect([...found.outcomes.keys()]).toEqual(['first', 'second']);
  });

  test('counts by the weight of the step, and by the last one when no step is given', async () => {
    const moving: RunReward = {
      ...placed('moving', { score: () => [scored(1), scored(0.5)] }),
      weight: { from: 0, to: 4, start: 0, steps: 8 },
    };
    const sums = async (step?: number): Promise<readonly number[]> => {
      const [score] = await scoreGroups([group(['a', 'b'])], [moving], step);
      return [...score!.group.rewards];
    };
    expect(await sums(2)).toEqual([1, 0.5]);
    expect(await sums()).toEqual([4, 2]);
  });

  test('scores a reward behind a closed gate and adds 0; a failed gate is closed, its group left out', async () => {
    const gated: RunReward = {
      ...placed('gated', { score: () => [scored(1), scored(0.5)] }),
      gate: { reward: 'first', above: 0.5 },
    };
    const first = placed('first', { score: () => [scored(1), scored(0)] });
    const { group: found } = await scoreOne([gated, first]);
    expect([...found.rewards]).toEqual([2, 0]);
    expect(found.outcomes.get('gated')).toEqual([scored(1), scored(0.5)]);
    expect(found.contributions.get('gated')).toEqual({
      values: Float64Array.of(1, 0),
      weight: 1,
      closed: [undefined, 'first is 0, not above 0.5'],
    });
    const { group: failed, failures } = await scoreOne([
      gated,
      placed('first', { score: () => Promise.reject(new Error('503')) }),
    ]);
    expect(failures).toHaveLength(1);
    expect([...failed.rewards]).toEqual([Number.NaN, Number.NaN]);
    expect(failed.contributions.get('gated')!.closed).toEqual(['first failed', 'first failed']);
  });

  test('calls rewards after those they build on, and shows them the outcomes', async () => {
    const order: string[] = [];
    const noting = (name: string, after: readonly string[]): RunReward =>
      placed(name, {
        after,
        score: ({ completions, outcomes }) => {
          order.push(`${name} sees ${[...outcomes.keys()].join()}`);
          return completions.map(() => scored(1));
        },
      });
    await scoreOne([
      noting('total', ['map', 'answer']),
      noting('map', ['answer', 'absent']),
      noting('answer', []),
    ]);
    expect(order).toEqual(['answer sees ', 'map sees answer', 'total sees answer,map']);
  });

  test('asks rewards that do not need each other at once, on shuffled frames too', async () => {
    let running = 0;
    let most = 0;
    const slow = (more: Partial<Reward> = {}): Partial<Reward> => ({
      score: async ({ completions }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        running--;
        return completions.map(() => scored(1));
      },
      ...more,
    });
    const most$ = async (rewards: readonly RunReward[], shuffled?: string[]): Promise<number> => {
      [running, most] = [0, 0];
      const [score] = await scoreGroups([group(['a', 'b'], shuffled)], rewards);
      expect(score!.failures).toEqual([]);
      expect([...score!.group.outcomes.keys()].sort()).toEqual(
        rewards.map(({ name }) => name).sort(),
      );
      return most;
    };
    const [one, two] = [placed('one', slow()), placed('two', slow())];
    expect(await most$([one, two])).toBe(2);
    expect(await most$([one, placed('two', slow({ after: ['one'] }))])).toBe(1);
    const comparing = placed('comparing', slow({ after: ['one'], looks: ['shuffled'] }));
    expect(await most$([comparing, one, two], ['x'])).toBe(3);
  });

  test('shows a reward those it comes after and no others, however quick they are', async () => {
    const seen: string[] = [];
    const seeing = placed('seeing', {
      after: ['slow'],
      score: ({ completions, outcomes }) => {
        seen.push(...outcomes.keys());
        return completions.map(() => scored(1));
      },
    });
    const quick = placed('quick', { score: () => [scored(1), scored(1)] });
    const slow = placed('slow', {
      score: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return [scored(1), scored(1)];
      },
    });
    const { group: found } = await scoreOne([quick, seeing, slow]);
    expect(seen).toEqual(['slow']);
    expect([...found.outcomes.keys()]).toEqual(['quick', 'slow', 'seeing']);
  });

  test('a completion that every reward with a weight abstains from has no sum', async () => {
    const silent: RewardOutcome = { status: 'abstained', reason: 'no verdict' };
    const { group: found, failures } = await scoreOne([
      placed('judge', { score: () => [silent, scored(0.5)] }),
      placed('other', { score: () => [silent, silent] }),
      placed('watched', { score: () => [scored(1), scored(1)] }, 0),
    ]);
    expect(failures).toEqual([]);
    expect([...found.rewards]).toEqual([NaN, 0.5]);
  });

  test('rewards that wait for each other are an error', async () => {
    const cycle = [placed('a', { after: ['b'] }), placed('b', { after: ['a'] })];
    await expect(scoreGroups([group(['x'])], cycle)).rejects.toMatchObject({
      code: 'reward-cycle',
      message: expect.stringContaining('a, b'),
    });
  });

  test('scores completions from shuffled frames with the rewards below, and never sums them', async () => {
    const seen: (readonly [string, number])[] = [];
    const counting = (name: string, more: Partial<Reward> = {}): RunReward =>
      placed(name, {
        score: ({ completions, looks }) => {
          seen.push([name, completions.length]);
          if (name === 'temporal')
            expect([...looks!.get('shuffled')!.outcomes.keys()]).toEqual(['answer', 'map']);
          return completions.map(() => scored(1));
        },
        ...more,
      });
    const rewards = [
      counting('format'),
      counting('temporal', { after: ['map'], looks: ['shuffled'] }),
      counting('map', { after: ['answer'] }),
      counting('answer'),
    ];
    const [score] = await scoreGroups([group(['a', 'b', 'c', 'd'], ['x', 'y'])], rewards);
    expect(seen.filter(([, count]) => count === 2).map(([name]) => name)).toEqual([
      'answer',
      'map',
    ]);
    expect([...score!.group.rewards]).toEqual([4, 4, 4, 4]);
  });

  test.each<[string, Reward['score'], RegExp, number | undefined]>([
    [
      'throws',
      () => {
        throw new Error('no connection');
      },
      /^threw: no connection$/,
      undefined,
    ],
    ['rejects', () => Promise.reject(new Error('503')), /^threw: 503$/, undefined],
    ['hangs', () => new Promise(() => undefined), /^timed out after 50 ms$/, undefined],
    ['returns NaN', () => [scored(1), scored(Number.NaN)], /^returned NaN/, 1],
    ['returns infinity', () => [scored(Infinity), scored(1)], /^returned Infinity/, 0],
    [
      'leaves its range',
      () => [scored(1), scored(1.5)],
      /^returned 1.5, outside its range 0…1$/,
      1,
    ],
    ['returns too few', () => [scored(1)], /^returned 1 outcomes for 2 completions$/, undefined],
    [
      'returns too many',
      () => [scored(1), scored(1), scored(1)],
      /^returned 3 outcomes/,
      undefined,
    ],
    ['returns nothing', () => undefined as never, /^returned no list/, undefined],
    [
      'returns a value without a status',
      () => [scored(1), { value: 1 } as never],
      /without a status/,
      1,
    ],
    [
      'fails one completion',
      () => [scored(1), { status: 'failed', reason: 'no true answer' }],
      /^no true answer$/,
      1,
    ],
  ])(
    'a reward that %s is a named failure of its group alone',
    async (_, score, message, completion) => {
      const good = placed('good', { score: ({ completions }) => completions.map(() => scored(1)) });
      const scores = await scoreGroups(
        [group(['a', 'b']), group(['c', 'd'])],
        [
          good,
          placed('bad', {
            score: (input) =>
              input.completions[0]!.text === 'a' ? score(input) : [scored(0), scored(1)],
          }),
        ],
      );
      const [failed, sound] = scores;
      expect(failed!.failures).toEqual([
        {
          reward: 'bad',
          sampleId: 'scene-1#2',
          message: expect.stringMatching(message),
          ...(completion !== undefined && { completion }),
        },
      ]);
      expect([...failed!.group.rewards]).toEqual([Number.NaN, Number.NaN]);
      expect(failed!.group.outcomes.get('good')).toEqual([scored(1), scored(1)]);
      expect(failed!.group.outcomes.get('bad')).toHaveLength(2);
      expect(sound!.failures).toEqual([]);
      expect([...sound!.group.rewards]).toEqual([1, 2]);
    },
  );

  test('tells a reward that its time is over', async () => {
    let aborted = false;
    await scoreOne([
      placed('slow', {
        score: ({ signal }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      }),
    ]);
    expect(aborted).toBe(true);
  });
});
