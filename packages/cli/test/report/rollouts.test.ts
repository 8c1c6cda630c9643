import { describe, expect, test } from '@jest/globals';
import type { RolloutLine } from '@loci/core';
import { html } from '../../src/report/html.ts';
import { bestAndWorst, mapsHtml, rolloutHtml } from '../../src/report/rollouts.ts';

function entry(sampleId: string, reward: number | null = null): RolloutLine {
  return {
    step: 1,
    sampleId,
    kind: 'counting',
    problemType: 'numerical',
    source: 'SR_dataset',
    completion: 0,
    tokens: 12,
    finishReason: 'stop',
    problem: 'How many chairs?',
    options: [],
    solution: '<answer>2</answer>',
    media: { kind: 'video', path: '/none.mp4' },
    text: '<think>1 < 2</think><answer>2</answer>',
    outcomes: {
      answer: { status: 'scored', value: 1, parts: { relative: 0.5 } },
      map: { status: 'abstained', reason: 'the sample has no map' },
    },
    reward,
    advantage: null,
  };
}

describe('rollouts', () => {
  test('best and worst take one rollout a sample and skip those without reward', () => {
    const entries = [entry('a', 1), entry('a', 2), entry('b', 3), entry('c', 0), entry('d')];
    const { best, worst } = bestAndWorst(entries, 2);
    expect(best.map(({ sampleId, reward }) => [sampleId, reward])).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
    expect(worst.map(({ sampleId, reward }) => [sampleId, reward])).toEqual([
      ['c', 0],
      ['a', 1],
    ]);
  });

  test('a card shows the text escaped, the truth without tags, and why each reward said what it said', () => {
    const { markup } = rolloutHtml(entry('a', 1), html`<i>frames</i>`, undefined);
    expect(markup).toContain('&lt;think&gt;1 &lt; 2&lt;/think&gt;');
    expect(markup).toContain('truth: 2');
    expect(markup).toContain('relative 0.500');
    expect(markup).toContain('the sample has no map');
    expect(markup).toContain('<i>frames</i>');
  });

  test('a completion without a map says so beside the true one', () => {
    const { markup } = mapsHtml({ chair: [[1, 1]] }, undefined);
    expect(markup).toContain('<svg');
    expect(markup).toContain('imagined map: none');
  });
});
