/** What an answer credits: the steps, and the objects that the question names. */
import { describe, expect, test } from '@jest/globals';
import type { SpanCredit } from '@loci/core';
import { answer } from '../src/answer.ts';
import { ROOM, score } from './score.ts';

const TEXT =
  '<think><map>{"TV":[[4,5]],"chair":[[1,2]],"lamp":[[9,9]]}</map> 1</think><answer>A</answer>';

describe('credits of an answer', () => {
  const creditsOf = async (
    text: string,
    problem: string,
    options = {},
  ): Promise<readonly SpanCredit[] | undefined> => {
    const [outcome] = await score(answer, [text], {
      sample: { ...ROOM, problem, options: ['A. a lamp', 'B. a bed'] },
      options: { credits: true, ...options },
    });
    return outcome?.status === 'scored' ? outcome.credits : undefined;
  };
  const written = (credits: readonly SpanCredit[] | undefined, text: string) =>
    credits?.map(({ start, end, value }) => [text.slice(start, end), value]);

  test('leave out the objects that neither the question nor its options name', async () => {
    expect(written(await creditsOf(TEXT, 'How many chairs or Chair?'), TEXT)).toEqual([
      ['TV":[[4,5]]', 0],
      ['}</map> 1</think><answer>A</answer>', 1],
    ]);
  });

  test('of a wrong answer are 0 behind the map', async () => {
    const text = TEXT.replace('<answer>A', '<answer>B');
    expect((await creditsOf(text, 'Where is the TV, and where the chair?'))?.map(({ value }) => value)).toEqual([0]); // prettier-ignore
  });

  test('are none without a map, and none unless asked for', async () => {
    expect(await creditsOf('<answer>A</answer>', 'Which?')).toEqual([]);
    expect(await creditsOf(TEXT, 'Which?', { credits: false })).toBeUndefined();
  });
});
