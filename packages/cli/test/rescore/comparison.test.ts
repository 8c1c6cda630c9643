import { describe, expect, test } from '@jest/globals';
import type { RewardOutcome, RolloutLine } from '@loci/core';
import { ComparisonGatherer } from '../../src/rescore/comparison.ts';
import type { Comparison } from '../../src/rescore/comparison.ts';
import { NotableGatherer } from '../../src/rescore/notable.ts';
import {
  comparisonTable,
  failureTexts,
  notableText,
  unchangedText,
} from '../../src/rescore/rescore-text.ts';
import type { Rescored } from '../../src/rescore/rescore.ts';

type Outcomes = Readonly<Record<string, RewardOutcome>>;

const scored = (value: number, parts?: Readonly<Record<string, number>>): RewardOutcome => ({
  status: 'scored',
  value,
  ...(parts && { parts }),
});
const failed = (reason: string): RewardOutcome => ({ status: 'failed', reason });
const abstained: RewardOutcome = { status: 'abstained', reason: 'no map' };

const line = (sampleId: string, reward: number | null, outcomes: Outcomes): RolloutLine => ({
  version: 3,
  step: 3,
  sampleId,
  kind: 'counting',
  problemType: 'numerical',
  source: 'SR_dataset',
  problem: 'How many?',
  options: [],
  solution: '<answer>2</answer>',
  media: [{ kind: 'video', path: '/v.mp4' }],
  completion: 0,
  text: '<answer>3</answer>',
  tokens: 5,
  finishReason: 'stop',
  reward,
  outcomes,
  advantage: null,
});

const change = (sampleId: string, before: Outcomes, after: Outcomes): Rescored => ({
  stored: line(sampleId, 1, before),
  now: line(sampleId, 2, after),
});

const CHANGES: readonly Rescored[] = [
  change(
    'a',
    { answer: scored(0, { parsed: 0 }), gone: scored(1) },
    { answer: scored(1, { parsed: 1 }), fresh: scored(0.5) },
  ),
  change(
    'b',
    { answer: scored(1, { parsed: 1 }) },
    { answer: scored(1, { parsed: 1 }), fresh: scored(0.25) },
  ),
  change('c', { answer: abstained }, { answer: failed('threw: x'), fresh: failed('threw: y') }),
  change('d', { answer: failed('threw: x') }, { answer: scored(0.5), fresh: failed('threw: y') }),
];

function compare(changes: readonly Rescored[]): Comparison {
  const gatherer = new ComparisonGatherer();
  for (const one of changes) gatherer.add(one);
  return gatherer.result();
}

describe('a comparison', () => {
  test('has means over what was scored, changes, failures and abstentions', () => {
    const { completions, rewards, sum } = compare(CHANGES);
    expect(completions).toBe(4);
    expect(sum).toMatchObject({ stored: { mean: 1 }, now: { mean: 2 }, changed: 4 });
    expect(rewards.map(({ name, isStored, isNow }) => [name, isStored, isNow])).toEqual([
      ['answer', true, true],
      ['fresh', false, true],
      ['gone', true, false],
    ]);
    expect(rewards[0]).toMatchObject({
      value: { stored: { mean: 0.5, count: 2 }, now: { mean: 2.5 / 3, count: 3 }, changed: 3 },
      failed: { stored: 1, now: 1 },
      abstained: { stored: 1, now: 0 },
    });
    expect(rewards[0]!.parts.get('parsed')).toEqual({
      stored: { mean: 0.5, count: 2 },
      now: { mean: 1, count: 2 },
      changed: 1,
    });
  });

  test('reports that nothing changed', () => {
    const same = { answer: scored(1, { parsed: 1 }) };
    expect(unchangedText(compare([change('a', same, same)]))).toMatch(/^Nothing changed/);
    expect(unchangedText(compare(CHANGES))).toBeUndefined();
  });

  test('lists the reasons of failures with their counts', () => {
    expect(failureTexts(compare(CHANGES))).toEqual([
      'failed: answer on 1 completion: threw: x',
      'failed: fresh on 2 completions: threw: y',
    ]);
  });

  test('keeps a bounded number of reasons', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      change(`${index}`, {}, { answer: failed(`threw: ${index}`) }),
    );
    const [reward] = compare(many).rewards;
    expect(reward!.failures).toHaveLength(21);
    expect(reward!.failures[0]).toEqual(['other reasons', 80]);
  });

  test('as a table: parts below their reward, rewards of one side only, the sum last', () => {
    const rows = comparisonTable(compare(CHANGES)).split('\n');
    expect(rows.slice(2).map((row) => row.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'answer | 0.500 | 0.833 | +0.333 | 3 | 1 → 1 | 1 → 0',
      ' | parsed | 0.500 | 1.000 | +0.500 | 1',
      'fresh (new) | – | 0.375 | – | – | – → 2 | – → 0',
      'gone (only stored) | 1.000 | – | – | – | 0 → – | 0 → –',
      'weighted sum | 1.000 | 2.000 | +1.000 | 4',
    ]);
  });
});

describe('completions to look at', () => {
  const notable = (changes: readonly Rescored[], size: number) => {
    const gatherer = new NotableGatherer(size);
    for (const one of changes) gatherer.add(one);
    return gatherer.result();
  };

  test('are those with the largest changes, one per sample, then the extremes of new rewards', () => {
    const found = notable([...CHANGES, CHANGES[0]!], 2);
    const marks = found.map(({ marks, stored }) => [
      stored.sampleId,
      ...marks.map(({ why, reward }) => `${why} ${reward}`),
    ]);
    expect(marks).toEqual([
      ['a', 'moved answer', 'highest fresh'],
      ['b', 'lowest fresh'],
    ]);
  });

  test('an abstention that became a value moved by that value', () => {
    const [found] = notable([change('a', { m: abstained }, { m: scored(-0.5) })], 1);
    expect(found).toMatchObject({ marks: [{ why: 'moved', figure: 0.5 }] });
  });

  test('can be switched off', () => {
    expect(notable(CHANGES, 0)).toEqual([]);
  });

  test('are shown with their outcomes before and now', () => {
    const [found] = notable(CHANGES, 1);
    expect(notableText(found!)).toBe(
      [
        'answer moved by 1.000; highest fresh: 0.500: step 3, sample a, counting, completion 0',
        '  truth   <answer>2</answer>',
        '  said    <answer>3</answer>',
        '  answer  0 (parsed 0) → 1 (parsed 1)',
        '  fresh   new: 0.5',
        '  gone    1, only stored',
        '  sum     1.000 → 2.000',
      ].join('\n'),
    );
  });
});
