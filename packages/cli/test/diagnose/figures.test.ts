/** The figures say whether answers follow the forced map, and the page shows them. */
import { expect, test } from '@jest/globals';
import type { DiagnosedQuestion } from '../../src/diagnose/diagnose.ts';
import { diagnosisPage } from '../../src/diagnose/diagnosis-page.ts';
import { figuresByKind, mapFigures, mapGap } from '../../src/diagnose/figures.ts';

const reader: DiagnosedQuestion = {
  kind: 'counting',
  free: 0.5,
  forcedTrue: 0.9,
  forcedNoisy: 0.9,
  foreignOwn: 0.1,
  foreignOther: 0.9,
  readerOfTrue: 1,
  readerOfOwn: 0.6,
};
const looker: DiagnosedQuestion = {
  ...reader,
  kind: 'absolute-distance',
  foreignOwn: 0.6,
  foreignOther: 0.2,
};
const unread: DiagnosedQuestion = {
  kind: 'object-size',
  free: 0.7,
  forcedTrue: 0.7,
  forcedNoisy: 0.7,
  foreignOwn: 0.7,
};

const kinds = figuresByKind([reader, reader, looker, looker, unread, unread]);
const named = (name: string) => kinds.find((kind) => kind.name === name)!;

test('answers that follow another room score higher on it', () => {
  expect(named('counting').foreign?.follows.low).toBeCloseTo(0.8);
  expect(named('absolute-distance').foreign?.follows.high).toBeCloseTo(-0.4);
});

test('the true map forced is compared with the exact reader', () => {
  expect(named('counting').reader?.share).toBeCloseTo(0.9);
  expect(named('object-size').reader).toBeUndefined();
});

test('kinds without questions are left out', () => {
  expect(kinds.map(({ name }) => name)).toEqual([
    'absolute-distance',
    'object-size',
    'counting',
    'the four kinds of the default run',
  ]);
});

test('rooms known by heart open a gap', () => {
  const truth = { bed: [[4, 4]], chair: [[1, 8]] } as const;
  const right = mapFigures('trained', [
    { truth, imagined: truth },
    { truth, imagined: truth },
  ]);
  const wrong = { truth, imagined: { bed: [[4, 5]], chair: [[7, 2]] } } as const;
  const fresh = mapFigures('fresh', [wrong, wrong]);
  expect(right.exactCell.value).toBe(1);
  expect([fresh.withinOneCell.value, fresh.exactCell.value]).toEqual([0.5, 0]);
  expect(mapGap(right, fresh).value).toBeCloseTo(0.5);
});

test('the page shows dashes for absent figures', () => {
  const maps = mapFigures('fresh', [{ truth: { bed: [[4, 4]] }, imagined: {} }]);
  const page = diagnosisPage('a model', { kinds, fresh: maps });
  expect(page).toContain('# Does a model answer from its map?');
  expect(page).toMatch(/\| counting \| 2 \| 0\.500 ± 0\.000 \| 0\.900/);
  expect(page).toMatch(/\| trained on \| 0 \| – \| – \| – \|/);
  expect(page).toContain('trained on − fresh: –.');
});
