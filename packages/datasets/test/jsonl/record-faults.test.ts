import { describe, expect, test } from '@jest/globals';
import { letteredOptions, letterOfAnswer } from '../../src/jsonl/options.ts';
import { recordFaults } from '../../src/jsonl/record-faults.ts';

const GOOD = {
  question: 'Which is nearer?',
  media: ['a.mp4'],
  answer: 'A',
  options: ['cup', 'jar'],
};
const faultsOf = (fields: object): readonly string[] =>
  recordFaults({ ...GOOD, ...fields }).map(({ key, reason }) => `${key}: ${reason}`);

describe('a record', () => {
  test.each([
    [
      'as small as can be',
      { question: 'Why?', answer: 'so', media: undefined, options: undefined },
    ],
    ['with every key', { version: 1, id: 7, kind: 'near', split: 'test', thinking: 'x', meta: {} }],
    ['with a map', { map: { cup: [[0, 9]] } }],
    ['with letters of its own', { options: ['(A) cup', '(B) jar'], answer: '(b)' }],
    ['answered by an option', { answer: 'jar' }],
    ['answered by a letter and its option', { answer: 'B. jar' }],
    ['with a number', { options: undefined, answer: 2.5, type: 'regression' }],
    ['about a frame', { media: [{ path: 'walk', second: 2 }], question: 'What is in <image>?' }],
    ['about HTML', { media: [{ path: 'walk', kind: 'video' }], question: 'Which <video> is it?' }],
  ])('%s has no fault', (_, fields) => {
    const record = { ...GOOD, ...fields };
    expect(recordFaults(JSON.parse(JSON.stringify(record)))).toEqual([]);
  });

  test('with many faults names them all, each with its key', () => {
    const faults = recordFaults({
      media: ['a.mp4', 'b.xyz', 3, { path: 'c.png', page: 1 }],
      options: ['only one'],
      anwser: 'A',
      split: 'validation',
      map: { chair: [[1, 10]], table: [] },
      thinking: '',
      meta: 'none',
    });
    expect(new Set(faults.map(({ key }) => key))).toEqual(
      new Set([
        ...[
          'question',
          'media[1]',
          'media[2]',
          'media[3].page',
          'options',
          'answer',
          'split',
          'anwser',
        ],
        ...['map.chair[0][1]', 'map.table', 'thinking', 'meta'],
      ]),
    );
    const reason = (wanted: string) => faults.find(({ key }) => key === wanted)!.reason;
    expect(reason('answer')).toBe('is missing');
    expect(reason('anwser')).toContain('did you mean "answer"');
  });

  test.each([
    [{ answer: 'C' }, 'answer: "C" is none of the options A, B'],
    [{ options: ['A. cup', 'jar'] }, /^options: must all begin with their letters/],
    [{ type: 'numerical' }, /^type: is numerical, but there are options/],
    [{ options: undefined, type: 'multiple choice' }, /^options: is missing/],
    [
      { options: undefined, type: 'numerical', answer: 'many' },
      'answer: "many" is not a number, but type is numerical',
    ],
    [{ media: ['walk'] }, /^media\[0\]: its name does not show/],
    [{ media: [{ path: 'a.mp4', kind: 'video', second: 1 }] }, /^media\[0\]\.kind: is video/],
    [{ question: '<video> or <video>?' }, 'question: has 2 <video>, but media has 1 of that kind'],
    [{ options: ['<image>', '<image>'] }, 'question: has 2 <image>, but media has 0 of that kind'],
    [{ version: 2 }, /^version: is newer than this release/],
  ])('%j is one fault', (fields, expected) => {
    const faults = faultsOf(fields);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });

  test('that is no object is one fault of the whole', () => {
    for (const value of [null, [], 'text', 3]) {
      expect(recordFaults(value)).toEqual([{ key: '', reason: 'not a JSON object' }]);
    }
  });
});

test('options get letters, and answers find them', () => {
  expect(letteredOptions(['cup', 'jar'])).toEqual(['A. cup', 'B. jar']);
  expect(letteredOptions(['a) cup', 'b) jar'])).toEqual(['A. cup', 'B. jar']);
  expect(letteredOptions(['B. cup', 'A. jar'])).toBeUndefined();
  const options = letteredOptions(['cup', 'A', 'jar'])!;
  expect(
    ['A', 'c', '(B)', 'cup', 'C. jar', 'C. cup', 'D'].map((answer) =>
      letterOfAnswer(options, answer),
    ),
  ).toEqual(['A', 'C', 'B', 'A', 'C', undefined, undefined]);
});
