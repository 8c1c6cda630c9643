import { describe, expect, test } from '@jest/globals';
import type { RolloutLine } from '@loci/core';
import { html } from '../../src/page/html.ts';
import { RolloutGatherer } from '../../src/report/rollout-digest.ts';
import type { RolloutDigest } from '../../src/report/rollout-digest.ts';
import { mapsHtml } from '../../src/page/map-pair.ts';
import { rolloutHtml } from '../../src/report/rollouts.ts';

function entry(sampleId: string, reward: number | null = null): RolloutLine {
  return {
    version: 3,
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
    media: [{ kind: 'video', path: '/none.mp4' }],
    text: '<think>1 < 2</think><answer>2</answer>',
    outcomes: {
      answer: { status: 'scored', value: 1, parts: { relative: 0.5 } },
      map: { status: 'abstained', reason: 'the sample has no map' },
    },
    reward,
    advantage: null,
  };
}

/** What is shown, two of a sort. */
function digestOf(entries: readonly RolloutLine[]): RolloutDigest {
  const gatherer = new RolloutGatherer(2);
  for (const line of entries) gatherer.add(line);
  return gatherer.result();
}

/** The table's rows as text. */
function cells(markup: string): readonly string[] {
  return [...markup.matchAll(/<tr[^]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)].map(([, cell]) => cell!.trim()).join(' | '),
  );
}

describe('rollouts', () => {
  test('best and worst take one rollout a sample and skip those without reward', () => {
    const entries = [entry('a', 1), entry('a', 2), entry('b', 3), entry('c', 0), entry('d')];
    const { best, worst } = digestOf(entries);
    expect(best.map(({ sampleId, reward }) => [sampleId, reward])).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
    expect(worst.map(({ sampleId, reward }) => [sampleId, reward])).toEqual([
      ['c', 0],
      ['a', 1],
    ]);
  });

  test('completions of other looks do not count', () => {
    const { count, best } = digestOf([entry('a', 1), { ...entry('e', 9), look: 'blank' }]);
    expect([count, best.map(({ sampleId }) => sampleId)]).toEqual([1, ['a']]);
  });

  test('a card shows the text escaped, the truth without tags, and the reason of each outcome', () => {
    const { markup } = rolloutHtml(entry('a', 1), html`<i>frames</i>`);
    expect(markup).toContain('&lt;think&gt;1 &lt; 2&lt;/think&gt;');
    expect(markup).toContain('truth <b>2</b>');
    expect(markup).toContain('answer <b>2</b>');
    expect(markup).toContain('relative 0.500');
    expect(markup).toContain('the sample has no map');
    expect(markup).toContain('<i>frames</i>');
  });

  test('a card shows what became of each reward: clip, gate, weight, sum and advantage', () => {
    const { markup } = rolloutHtml(
      {
        ...entry('a', 0.25),
        outcomes: {
          answer: { status: 'scored', value: 0.25 },
          brevity: { status: 'scored', value: 3 },
          style: { status: 'scored', value: 0.75, reason: 'terse' },
          map: { status: 'abstained', reason: 'the sample has no map' },
        },
        contributions: {
          answer: { value: 0.25, weight: 2, advantage: 0.7 },
          brevity: { value: 1, weight: -0.25, advantage: -0.2 },
          style: { value: 0, weight: 1, closed: 'answer is 0.25, not above 0.5', advantage: 0 },
          map: { value: null, weight: 1, advantage: 0 },
        },
        advantage: 0.5,
      },
      html``,
    );
    expect(cells(markup)).toEqual([
      'reward | said | after clip and gate | weight | adds | to the advantage',
      'answer | 0.250 | 0.250 | 2.000 | 0.500 | 0.700',
      'brevity | 3.000 | 1.000 | -0.250 | -0.250 | -0.200',
      'clipped',
      'style | 0.750 | 0.000 | 1.000 | 0.000 | 0.000',
      'terse, gate closed: answer is 0.25, not above 0.5',
      'map | abstained | – | 1.000 | – | 0.000',
      'the sample has no map',
      'sum |  |  |  | 0.250 | 0.500',
    ]);
  });

  test('without an estimator that separates rewards, a card has no share of the advantage; for an old run, only outcomes', () => {
    const plain = { ...entry('a', 1), contributions: { answer: { value: 1, weight: 1 } } };
    expect(cells(rolloutHtml(plain, html``).markup)).toEqual([
      'reward | said | weight | adds',
      'answer | 1.000 | 1.000 | 1.000',
      'relative 0.500',
      'map | abstained | – | –',
      'the sample has no map',
      'sum |  |  | 1.000',
    ]);
    expect(cells(rolloutHtml(entry('a', 1), html``).markup)).toEqual([
      'reward | said',
      'answer | 1.000',
      'relative 0.500',
      'map | abstained',
      'the sample has no map',
    ]);
  });

  test('a completion without a map is marked beside the true one', () => {
    const { markup } = mapsHtml({ chair: [[1, 1]] }, undefined);
    expect(markup).toContain('<svg');
    expect(markup).toContain('imagined map: none');
  });

  test("shows the text that the prompt opened before the model's text, and marks the difference", () => {
    const text = 'two</think><answer>2</answer>';
    const card = (opened?: string) =>
      rolloutHtml({ ...entry('a', 1), text, ...(opened && { opened }) }, html``).markup;
    const written = 'two&lt;/think&gt;&lt;answer&gt;2&lt;/answer&gt;</pre>';
    expect(card()).toContain(`<pre>${written}`);
    expect(card('<think>')).toContain(
      `<pre><span class="faint" title="opened by the prompt">&lt;think&gt;</span>${written}`,
    );
  });
});
