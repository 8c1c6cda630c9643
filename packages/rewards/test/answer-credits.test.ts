/** What an answer credits: the steps, and the objects that the question names. */
import { describe, expect, test } from '@jest/globals';
import type { SpanCredit } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
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

describeRewardContract({
  plugin: answer,
  sample: {
    ...ROOM,
    problem: 'how many of this are in the room: chair?',
    problemType: 'numerical',
    solution: '<answer>2</answer>',
  },
  options: { credits: true, reading: {} },
});

describe('credits of an answer that is compared with its map', () => {
  const FAR = 'how many metres is the chair away from the lamp?';
  const drawn = (map: string, steps: string, answer: string) =>
    `<think><map>${map}</map> ${steps}</think><answer>${answer}</answer>`;
  const valuesOf = async (
    text: string,
    { problem, options = [], truth }: { problem: string; options?: string[]; truth: string },
  ): Promise<Readonly<Record<string, number>>> => {
    const problemType = options.length > 0 ? 'multiple choice' : 'numerical';
    const [outcome] = await score(answer, [text], {
      sample: { ...ROOM, problem, options, problemType, solution: `<answer>${truth}</answer>` },
      options: { credits: true, reading: { cellMetres: 0.7 } },
    });
    const credits = outcome?.status === 'scored' ? outcome.credits! : [];
    return Object.fromEntries(
      credits.map(({ key, value, baseline = 0 }) => [key, value - baseline]),
    );
  };
  const MAP = '{"TV":[[4,5]],"chair":[[1,2]],"lamp":[[5,5]]}';

  test.each([
    ['follows', '3.5', { 'named objects': 1, steps: 0 }],
    ['follows within the cells', '3.9', { 'named objects': 0.8, steps: 0 }],
    ['is lost by the steps', '0.7', { 'named objects': 0.5, steps: -0.5 }],
    ['is missing', 'far', { 'named objects': 1, steps: -1 }],
  ])('that %s', async (_, given, expected) => {
    const values = await valuesOf(drawn(MAP, given, given), { problem: FAR, truth: '3.5' });
    expect(values['named objects']).toBeCloseTo(expected['named objects'], 9);
    expect(values['steps']).toBeCloseTo(expected.steps, 9);
    expect(values['other objects']).toBe(0);
  });

  test('blame the cells for a wrong answer that follows from them, and praise steps that see better', async () => {
    const asked = { problem: 'how many of this are in the room: chair?', truth: '2' };
    expect(await valuesOf(drawn(MAP, '1', '1'), asked)).toMatchObject({ 'named objects': 0.1, steps: 0 }); // prettier-ignore
    expect(await valuesOf(drawn(MAP, '2', '2'), asked)).toMatchObject({ 'named objects': 0.1, steps: 0.9 }); // prettier-ignore
    const closest = {
      problem: 'which is closest to the TV?',
      options: ['A. chair', 'B. lamp'],
      truth: 'B',
    };
    expect(await valuesOf(drawn(MAP, 'A', 'A'), closest)).toMatchObject({ 'named objects': 1, steps: -1 }); // prettier-ignore
  });

  test('count by the answer alone where the map leaves the question open, and where no map answers it', async () => {
    const open = drawn('{"TV":[[4,5]],"chair":[[1,2]]}', '3.5', '3.5');
    expect(await valuesOf(open, { problem: FAR, truth: '3.5' })).toMatchObject({ 'named objects': 1, steps: 0 }); // prettier-ignore
    const unread = { problem: 'how many square metres is the floor of the room?', truth: '20' };
    expect(await valuesOf(drawn(MAP, '20', '20'), unread)).toEqual({
      'other objects': 0,
      steps: 1,
    });
  });

  test('need credits, and the corrected rule', () => {
    const reading = { cellMetres: 0.7 };
    expect(answer.options.safeParse({ reading }).error?.message).toContain('needs credits: true');
    const spacer = answer.options.safeParse({ reading, credits: true, compat: 'spacer' });
    expect(spacer.error?.message).toContain('leave reading or compat out');
  });
});
