import { describe, expect, test } from '@jest/globals';
import { demonstrationOf, marksOf, walkOf, wordCount } from '../../src/rooms/demonstration.ts';

describe('demonstrationOf', () => {
  test('writes map, steps, option and answer', () => {
    const text = demonstrationOf({
      map: { desk: [[5, 5]], chair: [[2, 4]] },
      steps: '"chair":[[2,4]] left',
      option: 'A. left',
      answer: 'A',
    });
    expect(text).toBe(
      '<think><map>{"chair":[[2,4]],"desk":[[5,5]]}</map> "chair":[[2,4]] left A. left</think><answer>A</answer>',
    );
  });

  test('marks the option that says the answer, and no other', () => {
    const options = ['A. back left', 'B. front left', 'C. left'];
    expect(marksOf(options, 'left')).toBe('A0B0C1');
    expect(marksOf(options, 'front left')).toBe('A0B1C0');
  });

  test('goes through the options as far as they agree, up to the right one', () => {
    const options = ['A. bed, table, tv', 'B. table, tv, bed', 'C. table, bed, tv', 'D. tv, bed, table']; // prettier-ignore
    expect(walkOf(options, 'bed, table, tv')).toBe('A.bed1table1');
    expect(walkOf(options, 'table, bed, tv')).toBe('A.bed0B.table1tv0C.table1bed1');
    expect(walkOf(options, 'tv, bed, table')).toBe('A.bed0B.table0C.table0D.tv1bed1');
  });

  test('counts what a word-level tokenizer takes for one piece', () => {
    expect(
      wordCount('<think><map>{"chair":[[2,4],[7,1]]}</map> two</think><answer>12</answer>'),
    ).toBe(
      // think, map, { " chair ": [[ 2 , 4 ],[ 7 , 1 ]] }, /map, blank, two, /think, answer, 1 2, /answer
      2 + 14 + 1 + 2 + 2 + 2 + 1,
    );
  });
});
