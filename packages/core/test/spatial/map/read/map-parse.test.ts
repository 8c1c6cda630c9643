import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCognitiveMap } from '../../../../src/spatial/map/read/cognitive-map.ts';
import {
  parseCognitiveMap,
  parseExactMap,
  readMapDictionary,
} from '../../../../src/spatial/map/read/map-parse.ts';

const NAMES = ['chair', 'table', 'trash can', 'TV'];
const spacer = (text: string) => parseCognitiveMap(text, NAMES, { compat: 'spacer' });
const corrected = (text: string) => parseCognitiveMap(text, NAMES);

describe('dictionaries, the same under both rules', () => {
  test.each([
    [
      "{'chair': [[1, 2], (3, 4)], \"Table\": '5, 6'}",
      {
        chair: [
          [1, 2],
          [3, 4],
        ],
        table: [[5, 6]],
      },
    ],
    [
      "{'<chair>': [[1, 2]], 'chair:': [[3, 4]]}",
      {
        chair: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    ["{'chair': [[1.9, -0.5]]}", { chair: [[1, 0]] }],
    ["{'chair': [['<1>', '[2.7)']]}", { chair: [[1, 2]] }],
    ["{'chair': [[1, 2, 3], [4], 5, None, [5, 6]]}", { chair: [[5, 6]] }],
    ["{'chair': [[True, False]]}", { chair: [[1, 0]] }],
    ["{'trash_can': [[1, 2]], 'trash-can': [[1, 2]], 'chairs': [[1, 2]]}", {}],
    ["{'chair': [1, 2]}", {}],
    ["str{{'chair': [[1, 2]]}}", { chair: [[1, 2]] }],
    ['', {}],
  ])('%s', (text, map) => {
    expect(spacer(text)).toEqual(map);
    expect(corrected(text)).toEqual(map);
  });

  test('zero has no sign', () => {
    expect(Object.is(spacer("{'chair': [[-0.5, 1]]}")['chair']![0]![0], 0)).toBe(true);
  });

  test('integers keep all their digits', () => {
    const map = parseExactMap("{'chair': [[99999999999999999999, 2]]}", NAMES);
    expect(map.get('chair')).toEqual([[99999999999999999999n, 2n]]);
  });
});

describe('where the rules differ', () => {
  test('instance numbers are no coordinates', () => {
    expect(spacer('chair 1: (2,3)')).toEqual({ chair: [[1, 2]] });
    expect(corrected('chair 1: (2,3)')).toEqual({ chair: [[2, 3]] });
    expect(corrected('chair_1: [[2, 3]]')).toEqual({ chair: [[2, 3]] });
    expect(corrected('chair #2: 3, 4')).toEqual({ chair: [[3, 4]] });
  });

  test('numbers in prose are no coordinates', () => {
    expect(spacer('chair 10x10 grid [[1,2]]')).toEqual({
      chair: [
        [10, 10],
        [1, 2],
      ],
    });
    expect(corrected('chair 10x10 grid [[1,2]]')).toEqual({ chair: [[1, 2]] });
  });

  test("JSON's constants do not spoil a dictionary", () => {
    const text = '{"chair": [[1, 2]], "lamp": [[3, 4]], "x": null}';
    expect(spacer(text)).toEqual({
      chair: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(corrected(text)).toEqual({ chair: [[1, 2]] });
  });

  test('an infinite coordinate spoils the dictionary for the reference only', () => {
    const text = "{'chair': [[1e999, 2]], 'table': [[3, 4]]}";
    expect(spacer(text)).toEqual({ chair: [[1, 999]], table: [[3, 4]] });
    expect(corrected(text)).toEqual({ table: [[3, 4]] });
  });
});

describe('the name scan of the reference', () => {
  test.each([
    ['armchair: [[1,2]] chairs: [[1,2]]', {}],
    ['2chair1 (3,4)', { chair: [[1, 3]] }],
    ['Chair: 1, 2; Table: 3', { chair: [[1, 2]] }],
    ['chair 1-2', { chair: [[1, -2]] }],
    ['tv [[１,２]] chair [[3.9,4]]', { tv: [[1, 2]], chair: [[3, 4]] }],
    ["{'chair': [[1,2]]", { chair: [[1, 2]] }],
  ])('%s', (text, map) => expect(spacer(text)).toEqual(map));

  test('of two names that overlap the one that reaches further stays', () => {
    const names = ['tv', 'tv stand', 'stand lamp'];
    const map = parseCognitiveMap('tv stand [[1,1]] tv [[2,2]] tv stand lamp [[3,3]]', names, {
      compat: 'spacer',
    });
    expect(map).toEqual({ 'tv stand': [[1, 1]], tv: [[2, 2]], 'stand lamp': [[3, 3]] });
  });
});

test('names that are no text are ignored, unlisted ones kept on demand', () => {
  expect(parseExactMap("{'chair': [[1,2]]}", ['', null, 5]).size).toBe(0);
  const map = parseCognitiveMap("{'chair': [[1,2]], 'lamp': [[3,4]]}", ['chair'], {
    keepUnlisted: true,
  });
  expect(map).toEqual({ chair: [[1, 2]], lamp: [[3, 4]] });
});

test('unlisted names may be kept together, where only their number matters', () => {
  const text = "{'lamp': [[3,4]], 'Chair': [[1,2]], '': [[0,0]], 'cow': [[5,6],[7,8]]}";
  expect(parseCognitiveMap(text, ['chair'], { keepUnlisted: 'together' })).toEqual({
    chair: [[1, 2]],
    '': [
      [3, 4],
      [0, 0],
      [5, 6],
      [7, 8],
    ],
  });
});

test('a dictionary is read with any categories that are wanted, anything else is none', () => {
  const read = (text: string) => {
    const map = readMapDictionary(text, (category) => category !== 'lamp');
    return map && Object.fromEntries(map);
  };
  expect(read("{'<Chair>': [[1, 2]], 'lamp': [[3, 4]], 'x': null}")).toEqual({ chair: [[1, 2]] });
  expect(read('str{{}}')).toEqual({});
  expect(read('chair: [1, 2]')).toBeUndefined();
  expect(read('')).toBeUndefined();
});

describe('keys that only a hostile map has', () => {
  test('tuples in tuples in tuples', () => {
    const key = `${'('.repeat(190)}1${',)'.repeat(190)}`;
    expect(corrected(`{${key}: [[1, 2]], 'chair': [[3, 4]]}`)).toEqual({ chair: [[3, 4]] });
  });

  test('an integer that Python does not write as a decimal', () => {
    const text = `{0x${'f'.repeat(500_000)}: [[1, 2]], 'chair': [[3, 4]]}`;
    expect(corrected(text)).toEqual({ chair: [[3, 4]] });
    expect(spacer(text)).toEqual({ chair: [[3, 4]] });
  });
});

test('what is written as a demonstration is read back', () => {
  const cell = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
  const maps = fc.dictionary(
    fc.constantFrom('chair', 'table', 'tv'),
    fc.array(cell, { minLength: 1 }),
  );
  fc.assert(
    fc.property(maps, (map) => {
      const text = formatCognitiveMap(map);
      expect(formatCognitiveMap(parseCognitiveMap(text, NAMES))).toBe(text);
    }),
  );
});

// A pattern that backtracks over such a run would not come back.
test.each(['chair 1 ', 'chair', '1', '(1 ', '[[', '1,', '- ', "{'chair':", '(1   ', '1.1.'])(
  'a long run of %j is read to its end',
  (piece) => {
    const text = `chair ${piece.repeat(200_000 / piece.length)}`;
    expect(() => parseExactMap(text, NAMES)).not.toThrow();
    expect(() => parseExactMap(`{${text}}`, NAMES)).not.toThrow();
  },
);
