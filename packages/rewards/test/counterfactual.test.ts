import { describe, expect, test } from '@jest/globals';
import { describeRewardContract } from '@loci/core/testing';
import { counterfactual } from '../src/counterfactual.ts';
import { GOLD, ROOM, UNMAPPED, earlier, score, texts, valuesOf } from './score.ts';

/** A look with what `answer` gives its completions. */
const look = (answer: readonly number[]) => ({
  completions: texts(answer.map(() => 'x')),
  outcomes: earlier({ answer }),
});

async function values(
  answer: readonly number[],
  looks: Readonly<Record<string, readonly number[]>>,
  options = {},
) {
  const taken = Object.fromEntries(Object.entries(looks).map(([name, said]) => [name, look(said)]));
  const outcomes = earlier({ answer });
  return valuesOf(
    await score(counterfactual, texts(answer.map(String)), { outcomes, options, looks: taken }),
  );
}

describe('the counterfactual reward', () => {
  test('is the answer’s value where nothing is right without the video', async () => {
    expect(await values([1, 0, 0.6], { blank: [0, 0] })).toEqual([1, 0, 0.6]);
  });

  test('takes half of what is right without the video too', async () => {
    // Half of the blank completions are right: 1 − 0.5 · 0.5.
    expect(await values([1, 0], { blank: [1, 0] })).toEqual([0.75, 0]);
    expect(await values([1, 0], { blank: [1, 1] })).toEqual([0.5, 0]);
  });

  test('of a number takes what both earn, and no more', async () => {
    // min(0.4, 0.9) = 0.4, min(0.4, 0.2) = 0.2: 0.4 − 0.5 · 0.3.
    const [value] = await values([0.4], { blank: [0.9, 0.2] });
    expect(value).toBeCloseTo(0.25);
    expect(await values([0.4], { blank: [0.9, 0.9] }, { discount: 1 })).toEqual([0]);
  });

  test('counts the look that earns most', async () => {
    const options = { looks: ['blank', 'other-video'] };
    expect(await values([1], { blank: [0, 0], 'other-video': [1, 1] }, options)).toEqual([0.5]);
    expect(await values([1], { blank: [1, 0] }, options)).toEqual([0.75]);
  });

  test('says what was earned without the video', async () => {
    const outcomes = earlier({ answer: [1] });
    const [outcome] = await score(counterfactual, ['a'], {
      outcomes,
      looks: { blank: look([1, 0]) },
    });
    expect(outcome).toEqual({
      status: 'scored',
      value: 0.75,
      parts: { answer: 1, withoutVideo: 0.5 },
      reason: 'earned 0.50 under blank too',
    });
  });

  test('abstains where no look was taken or scored, and where the answer was not scored', async () => {
    expect(await values([1], {})).toEqual(['abstained']);
    expect(await values([1], { shuffled: [1] })).toEqual(['abstained']);
    const unscored = { completions: texts(['x']), outcomes: new Map() };
    const outcomes = earlier({ answer: [1] });
    const looks = { blank: unscored };
    expect(valuesOf(await score(counterfactual, ['a'], { outcomes, looks }))).toEqual([
      'abstained',
    ]);
    const silent = new Map([['answer', [{ status: 'abstained', reason: 'no rule' } as const]]]);
    expect(
      valuesOf(
        await score(counterfactual, ['a'], { outcomes: silent, looks: { blank: look([1]) } }),
      ),
    ).toEqual(['abstained']);
  });

  test('needs the answer reward', async () => {
    await expect(score(counterfactual, ['a'], { looks: { blank: look([1]) } })).rejects.toThrow(
      /needs the reward "answer"/,
    );
  });

  test('asks for half a group of blank videos, or for numbers of its own', async () => {
    const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
    const looksOf = async (options: object) =>
      (await counterfactual.create(counterfactual.options.parse(options), context)).looks;
    expect(await looksOf({})).toEqual({ blank: { show: 'blank' } });
    expect(await looksOf({ looks: ['blank', 'other-video'], completions: 1 })).toEqual({
      'blank-1': { show: 'blank', completions: 1 },
      'other-video-1': { show: 'other-video', completions: 1 },
    });
  });
});

const right = ({ text }: { readonly text: string }) => ({
  status: 'scored' as const,
  value: text.endsWith('<answer>A</answer>') ? 1 : 0,
});
for (const sample of [ROOM, { ...UNMAPPED, media: [{ kind: 'image', path: 'i.png' }] } as const]) {
  describeRewardContract({
    plugin: counterfactual,
    sample,
    gold: GOLD,
    earlier: { answer: right },
  });
}
