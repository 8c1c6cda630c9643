import { describe, expect, test } from '@jest/globals';
import { temporal } from '../src/temporal.ts';
import { ROOM, earlier, score, texts, valuesOf } from './score.ts';

const completions = texts(['a', 'b', 'c', 'd']);
const shuffledWith = (answer: readonly number[]) => ({
  shuffled: { completions: texts(answer.map(() => 'x')), outcomes: earlier({ answer }) },
});

async function bonuses(answer: readonly number[], shuffled: readonly number[], options = {}) {
  const outcomes = earlier({ answer });
  return valuesOf(
    await score(temporal, completions, { outcomes, options, looks: shuffledWith(shuffled) }),
  );
}

describe('the temporal bonus', () => {
  test('goes to the good completions of a group that is better than shuffled', async () => {
    expect(await bonuses([1, 1, 0.1, 0], [0, 0])).toEqual([0.3, 0.3, 0, 0]);
  });

  test('is withheld below 0.8 of the shuffled accuracy, and given at exactly 0.8', async () => {
    expect(await bonuses([1, 0, 0, 0], [1, 0])).toEqual([0, 0, 0, 0]);
    expect(await bonuses([0.8, 0.8, 0.8, 0.8], [1, 1])).toEqual([0.3, 0.3, 0.3, 0.3]);
    expect(await bonuses([0.7, 0.8, 0.8, 0.8], [1, 1])).toEqual([0, 0, 0, 0]);
  });

  test('passes when nobody is right, and nobody gains', async () => {
    const outcomes = await score(temporal, completions, {
      outcomes: earlier({ answer: [0, 0, 0, 0] }),
      looks: shuffledWith([0, 0]),
    });
    expect(valuesOf(outcomes)).toEqual([0, 0, 0, 0]);
    expect(outcomes[0]).toMatchObject({ parts: { passed: 1 } });
  });

  test('counts the map', async () => {
    const outcomes = earlier({ answer: [1, 1, 0, 0], map: [1, 1, 0, 0] });
    const looks = shuffledWith([1, 1]);
    expect(valuesOf(await score(temporal, completions, { outcomes, looks }))).toEqual([
      0.3, 0.3, 0, 0,
    ]);
  });

  test('follows its options', async () => {
    expect(await bonuses([1, 0, 0, 0], [1, 0], { ratio: 0.5, bonus: 1 })).toEqual([1, 0, 0, 0]);
  });

  test('abstains from images, and where nothing was shuffled or the accuracy is not known', async () => {
    const image = { ...ROOM, media: [{ kind: 'image', path: 'i.png' }] } as const;
    const outcomes = earlier({ answer: [1, 1, 1, 1] });
    const looks = shuffledWith([0, 0]);
    for (const setting of [{ sample: image, outcomes, looks }, { outcomes }, { looks }]) {
      expect(valuesOf(await score(temporal, completions, setting))).toEqual(
        Array(4).fill('abstained'),
      );
    }
  });

  test('asks the trainer for shuffled frames', async () => {
    const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
    const reward = await temporal.create(temporal.options.parse({}), context);
    expect(reward.looks).toEqual(['shuffled']);
    expect(reward.after).toEqual(['answer', 'map']);
  });
});
