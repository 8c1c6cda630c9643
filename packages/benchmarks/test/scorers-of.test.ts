import { expect, test } from '@jest/globals';
import type { ScorableItem, ScoredRow } from '@loci/core';
import { plugins, scorersOf } from '../src/index.ts';

/** SpaceR's evaluation knows no ReVSI. */
const SCORERS: Readonly<Record<string, readonly string[] | undefined>> = {
  'spatial-qa': ['spatial-qa'],
  revsi: ['official', 'strict'],
};

test('every benchmark read from a folder has scorers that need no data', () => {
  for (const { name } of plugins) {
    const names = scorersOf(name, 'thinking')?.map((scorer) => scorer.name);
    expect([name, names]).toEqual([
      name,
      name in SCORERS ? SCORERS[name] : ['official', 'spacer-eval', 'strict'],
    ]);
  }
});

test('stored predictions score the same again', () => {
  const items: readonly ScorableItem[] = ['A', 'B', 'C'].map((answer, index) => ({
    id: `q${index}`,
    task: index === 2 ? 'object_counting' : 'route_planning',
    groups: { dataset: 'scannet' },
    question: 'Where?',
    options: index === 2 ? [] : ['A. left', 'B. right'],
    answer: index === 2 ? '4' : answer,
  }));
  const stored = JSON.stringify(
    items.map((item) => ({ item, output: '<think>4?</think><answer>A</answer>' })),
  );
  const read = JSON.parse(stored) as readonly { item: ScorableItem; output: string }[];
  for (const scorer of scorersOf('vsi-bench', 'thinking')!) {
    const rows = (all: typeof read): readonly ScoredRow[] =>
      all.map(({ item, output }) => ({
        item,
        verdict: scorer.score(item, { status: 'answered', output }),
      }));
    const original = items.map((item, index) => ({ item, output: read[index]!.output }));
    const table = scorer.aggregate(rows(read));
    expect(table).toEqual(scorer.aggregate(rows(original)));
    expect(table.sections['task']!['route_planning']).toEqual({ value: 0.5, count: 2 });
    expect(scorer.aggregate([...rows(read)].reverse())).toEqual(table);
  }
});
