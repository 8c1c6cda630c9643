import { describe, expect, test } from '@jest/globals';
import type { AdvantagedGroup } from '../../../../src/spec/index.ts';
import { grpo } from '../../../../src/train/algorithm/objectives/grpo.ts';
import { sft } from '../../../../src/train/algorithm/objectives/sft.ts';

const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };

/** A group whose completions have the given numbers of tokens. */
function group(lengths: readonly number[], withReference = true): AdvantagedGroup {
  const logProbs = lengths.map((length) => new Float32Array(length).fill(-1));
  return {
    sample: {
      id: 's',
      problem: '',
      options: [],
      problemType: 'numerical',
      solution: '1',
      media: { kind: 'video', path: 'v.mp4' },
      source: 'SR_dataset',
    },
    prompt: { tokenIds: Int32Array.of(1), media: [] },
    rollouts: lengths.map((length, index) => ({
      text: '',
      tokenIds: new Int32Array(length).fill(5),
      logProbs: logProbs[index]!,
      finishReason: 'stop',
    })),
    rewards: new Float64Array(lengths.length),
    contributions: new Map(),
    outcomes: new Map(),
    advantages: Float64Array.from(lengths, (_, index) => index - 0.5),
    ...(withReference && { referenceLogProbs: logProbs }),
  };
}

const build = async (options: object, groups: readonly AdvantagedGroup[]) =>
  (await grpo.create(grpo.options.parse(options), context)).build(groups);

describe('grpo', () => {
  test('by default every completion of the batch weighs the same', async () => {
    const { groups, loss } = await build({}, [group([2, 4]), group([1])]);
    const sums = groups.flatMap(({ targets }) =>
      targets.map(({ weights }) => weights.reduce((sum, weight) => sum + weight, 0)),
    );
    for (const sum of sums) expect(sum).toBeCloseTo(1 / 3, 6);
    expect(loss).toEqual({
      kind: 'policy-gradient',
      clipLow: 0.2,
      clipHigh: 0.2,
      klWeight: 0.04,
      klClamp: 10,
    });
    expect(groups[0]!.targets[1]!.advantages).toEqual(new Float32Array(4).fill(0.5));
    expect(groups[0]!.targets[0]!.oldLogProbs).toBeUndefined();
    expect(groups[0]!.targets[0]!.referenceLogProbs).toHaveLength(2);
  });

  test('per token, every token of the batch weighs the same', async () => {
    const { groups } = await build({ normalisation: 'token' }, [group([2, 4]), group([1])]);
    for (const { targets } of groups) {
      for (const { weights } of targets) {
        for (const weight of weights) expect(weight).toBeCloseTo(1 / 7, 6);
      }
    }
  });

  test('by a constant, lengths do not matter', async () => {
    const options = { normalisation: 'constant', maxCompletionTokens: 10 };
    const { groups } = await build(options, [group([2, 4])]);
    expect(groups[0]!.targets[1]!.weights[0]).toBeCloseTo(1 / 20, 6);
  });

  test('off-policy, the sampler’s log-probabilities are the old ones', async () => {
    const { groups } = await build({ old: 'sampler' }, [group([2])]);
    expect(groups[0]!.targets[0]!.oldLogProbs).toEqual(Float32Array.of(-1, -1));
  });

  test('the start model is needed exactly when its weight is not 0', async () => {
    const free = await grpo.create(grpo.options.parse({ klWeight: 0 }), context);
    expect(free.needsReference).toBe(false);
    expect(free.build([group([2], false)]).groups[0]!.targets[0]).not.toHaveProperty(
      'referenceLogProbs',
    );
    await expect(build({}, [group([2], false)])).rejects.toThrow('start model');
  });

  test.each([
    { normalisation: 'constant' },
    { maxCompletionTokens: 10 },
    { clipLow: 2 },
    { beta: 0.1 },
  ])('the options %j are refused', (options) =>
    expect(() => grpo.options.parse(options)).toThrow(),
  );
});

test('sft is the mean cross-entropy over the tokens of the batch', async () => {
  const objective = await sft.create({}, context);
  const { groups, loss } = objective.build([group([2], false), group([3], false)]);
  expect(objective).toMatchObject({ learnsFrom: 'demonstrations', needsReference: false });
  expect(loss).toEqual({ kind: 'cross-entropy' });
  expect(groups[1]!.targets[0]!.weights).toEqual(new Float32Array(3).fill(1 / 5));
});
