/**
 * What SpaceR's rewards do that is odd, and what is done here by default: a test for each row of the tables in `docs/spacer-rules.md`. The
 * first value is ours, the second that of `compat: spacer`.
 */
import { describe, expect, test } from '@jest/globals';
import { answer, format, map } from '../../src/index.ts';
import { ROOM, UNMAPPED, score, valuesOf } from '../score.ts';
import { asked, both } from './both.ts';

/** The same of an answer in its tags. */
const judged = (problemType: string, truth: string, said: string) =>
  both(answer, `<answer>${said}</answer>`, asked(problemType, truth));
describe('the answer and its form', () => {
  test.each([
    ['<think><answer>A</answer></think><answer>B</answer>', 0, 1],
    ['<think><answer>B</answer></think><answer>A</answer>', 1, 0],
    ['<answer>B</answer><answer>A</answer>', 1, 0],
    ['<answer>B<answer>A</answer>', 1, 0],
    ['<think><answer>A</answer></think>', 0, 1],
  ])('E1 the last answer after the thinking counts: %s', async (text, ours, theirs) => {
    expect(await both(answer, text)).toEqual([ours, theirs]);
  });

  test('E2 a missing answer never scores', async () => {
    expect(await both(answer, '', { ...ROOM, solution: '<answer></answer>' })).toEqual([
      'failed',
      1,
    ]);
    expect(await both(answer, '<answer></answer>', asked('OCR', ''))).toEqual(['failed', 1]);
    expect(await both(answer, 'A', asked('multiple choice', 'A'))).toEqual([0, 0]);
  });

  test.each([
    ['<think>a</think><think>b</think><answer>A</answer>', 0, 1],
    ['<think><answer>A</answer></think><answer>B</answer>', 0, 1],
    ['<think>a</think><answer>A</answer></answer>', 0, 1],
  ])('F1 each tag stands exactly once: %s', async (text, ours, theirs) => {
    expect(await both(format, text)).toEqual([ours, theirs]);
  });

  test('F2 white space around does not matter', async () => {
    expect(await both(format, '<think>a</think><answer>A</answer>\n')).toEqual([1, 0]);
    expect(await both(format, '\u3000<think>a</think><answer>A</answer>')).toEqual([1, 0]);
  });

  test.each(['A.', 'a', '(A)', 'A. chair'])(
    'M1 only the bare letter is right, not %s',
    async (said) => {
      expect(await judged('multiple choice', 'A', said)).toEqual([0, 0]);
      const options = { letters: 'lenient' };
      const lenient = await score(answer, [`<answer>${said}</answer>`], { options });
      expect(valuesOf(lenient)).toEqual([1]);
    },
  );
});

describe('numbers', () => {
  test.each([
    ['N1 a and an are no numbers', 'a chair', '1', 0, 1],
    ['N1 a and an are no numbers', 'a total of 3.5', '3.5', 1, 0],
    ['N2 the first number of the text counts', '3 or one', '3', 1, 0],
    ['N2 the first number of the text counts', 'ten or one', '10', 1, 0],
    ['N3 compound words are read', 'twenty one', '21', 1, 0],
    ['N3 compound words are read', 'two hundred', '200', 1, 0],
    ['N3 compound words are read', 'half a dozen', '6', 1, 0],
    ['N4 signs are read', '-4.5', '4.5', 0, 1],
    ['N4 signs are read', 'minus 4', '-4', 1, 1],
    ['N4 thousands separators are read', '1,234', '1234', 1, 0],
    ['N4 a leading dot is read', '.5', '0.5', 1, 0],
    ['N4 exponents are read', '1e3', '1000', 1, 0],
    ['N5 an error is divided by the magnitude', '5', '-5', 0, 1],
    ['N5 an error is divided by the magnitude', '-5', '-5', 1, 1],
    ['N6 a truth of 0 is met by 0 alone', '0', '0', 1, 0],
    ['N6 a truth of 0 is met by 0 alone', '0.001', '0', 0, 0],
  ])('%s: %j for %s', async (_, said, truth, ours, theirs) => {
    expect(await judged('numerical', truth, said)).toEqual([ours, theirs]);
  });

  test('N7 what is wrong with the record is no 0', async () => {
    expect(await judged('numerical', 'many', '3')).toEqual(['failed', 0]);
    expect(await judged('riddle', 'A', 'A')).toEqual(['abstained', 0]);
    expect(await both(map, '<map>{"TV":[[4,5]]}</map>', UNMAPPED)).toEqual(['abstained', -1]);
    const said = await score(answer, ['<answer>3</answer>'], {
      sample: asked('numerical', 'many'),
    });
    expect(said[0]!.reason).toContain('"many"');
  });

  test.each([
    ['5', 'nan', 0, 1],
    ['nan', '5', 'failed', 1],
    ['inf', '5', 'failed', 1],
    ['-inf', '-inf', 'failed', 1],
  ])(
    'N8 nothing that is not finite is right: %j, answered %j',
    async (truth, said, ours, theirs) => {
      expect(await judged('regression', truth, said)).toEqual([ours, theirs]);
    },
  );

  test('N9 an exact answer to a regression is worth 1', async () => {
    expect(await judged('regression', '0', '0')).toEqual([1, 0]);
    const [ours, theirs] = await judged('regression', '3', '3');
    expect(ours).toBe(1);
    expect(theirs).toBeLessThan(1);
  });

  test('N10 an answer without a number is worth 0; a unit is forgiven', async () => {
    expect(await judged('regression', '3', 'many')).toEqual([0, 0]);
    expect(await judged('regression', '3', '3 m')).toEqual([1, 0]);
  });
});

describe('text', () => {
  test('N11 a reading with more errors than words is worth 0', async () => {
    expect(await judged('OCR', 'exit', 'a b c d')).toEqual([0, 0]);
    expect(await judged('OCR', 'exit only', 'exit only now or')).toEqual([0, 0]);
    expect(await judged('OCR', 'exit only', 'exit only now')).toEqual([0.5, 0.5]);
  });

  test('N12 an identical answer is worth 1 in any script and at any length', async () => {
    expect(await judged('free-form', '漢字', '漢字')).toEqual([1, 0]);
    expect(await judged('free-form', 'door', 'door')).toEqual([1, expect.closeTo(2 / 3)]);
  });
});
