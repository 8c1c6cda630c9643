import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCognitiveMap } from '../../../../src/spatial/map/read/cognitive-map.ts';
import { mapEntries } from '../../../../src/spatial/map/read/map-entries.ts';
import type { CognitiveMap } from '../../../../src/spec/index.ts';

const written = (text: string, categories: readonly string[]): readonly string[] =>
  mapEntries(text, categories).map(({ start, end }) => text.slice(start, end));

test.each([
  ['<think><map>{"chair":[[1,2],[3,4]],"desk":[[5,6]]}</map> chair 1', ['chair":[[1,2],[3,4]]', 'desk":[[5,6]]']], // prettier-ignore
  ['<map>\n{ "desk": [(5, 6)], "Chair": [] }\n</map>', ['desk": [(5, 6)]', 'Chair": []']],
  ['<map>chair: (1, 2); desk: (5, 6).</map>', ['chair: (1, 2)', 'desk: (5, 6)']],
  ['<map>{"chair":[[1,2]],"lamp":[[7,7]],"desk":[[5,6]]}</map>', ['chair":[[1,2]]', 'lamp":[[7,7]]', 'desk":[[5,6]]']], // prettier-ignore
  ['<map>chair: (1, 2); lamp: (7, 7)</map>', ['chair: (1, 2); lamp: (7, 7)']],
  ['<map>{"<Chair>": [[1,2]], "desk lamp": [[3,4]]}</map>', ['Chair>": [[1,2]]', 'desk lamp": [[3,4]]']], // prettier-ignore
  ['chair <map>{"chair":[[1,2]]}', []],
  ['<map>{"armchair":[[1,2]]}</map>', ['armchair":[[1,2]]']],
])('%j', (text, entries) => {
  expect(written(text, ['chair', 'desk'])).toEqual(entries);
});

test('an entry knows its category in lower case and how many points it writes', () => {
  const text = '<map>{"Chair": [[1, 2], (3,4)], "rug": []}</map>';
  expect(mapEntries(text, ['chair'])).toMatchObject([
    { category: 'chair', points: 2 },
    { category: 'rug', points: 0 },
  ]);
});

test('every category of a map is found once, in order, and entries do not overlap', () => {
  const category = fc.constantFrom('bed', 'chair', 'tv', 'coffee table', 'table');
  const digit = fc.integer({ min: 0, max: 9 });
  const maps = fc.dictionary(category, fc.array(fc.tuple(digit, digit), { minLength: 1, maxLength: 3 }), { minKeys: 1 }); // prettier-ignore
  fc.assert(
    fc.property(maps, (map: CognitiveMap) => {
      const text = `<think><map>${formatCognitiveMap(map)}</map></think>`;
      const found = mapEntries(text, Object.keys(map));
      expect(found.map((entry) => entry.category)).toEqual(Object.keys(map).sort());
      found.forEach(({ start, category: name }, index) => {
        expect(text.slice(start).toLowerCase().startsWith(name)).toBe(true);
        expect(start).toBeGreaterThanOrEqual(found[index - 1]?.end ?? 0);
      });
    }),
  );
});
