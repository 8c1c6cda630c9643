/** Training and evaluation judge alike: the rewards and the benchmark may not know each other, and read with the same functions of core. */
import { describe, expect, test } from '@jest/globals';
import { judgeSpatialAnswer } from '@loci/benchmarks';
import { createFromPlugin, itemOfSample, parseOptions } from '@loci/core';
import type { ErasedPlugin, RewardOutcome, Sample } from '@loci/core';
import { fakeLogger, fakeSample } from '@loci/core/testing';
import { answer, format, map } from '@loci/rewards';
import fc from 'fast-check';

const MAP = {
  chair: [
    [1, 2],
    [7, 8],
  ],
  TV: [[4, 5]],
} as const;
const SAMPLES: readonly Sample[] = [
  fakeSample({ solution: '<answer>A</answer>', map: MAP }),
  fakeSample({ solution: ' B', map: MAP }),
  fakeSample({
    problemType: 'numerical',
    options: [],
    solution: '<answer>-1,234.5 m</answer>',
    map: MAP,
  }),
  fakeSample({ problemType: 'numerical', options: [], solution: '<answer>0</answer>', map: MAP }),
  fakeSample({ problemType: 'numerical', options: [], solution: 'twenty one', map: MAP }),
];

/** Everything that the reference and we read differently, and some more. */
const PIECES = [
  ...[
    '<think>',
    '</think>',
    '<answer>',
    '</answer>',
    '<map>',
    '</map>',
    'A',
    'B',
    ' ',
    '\n',
    '\u00a0',
  ],
  ...['a', 'an', 'one', '21', 'twenty one', '-', '1,234.5', '.5', '1e3', '0', '٤', 'minus ', 'nan'],
  ...[
    '2/3',
    '½',
    '2 1/2',
    '2^3',
    '10³',
    '×10^3',
    '1 234',
    '1,5',
    'two thirds',
    '\\frac{1}{2}',
    'π',
  ],
  ...[
    '{',
    '}',
    '"TV":[[4,5]]',
    "'Chair': [(1, 2)]",
    ',',
    'chair 1: (2,3)',
    'tv 4,5',
    'null',
    '[[1e999,1]]',
  ],
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => pieces.join('')),
  fc
    .tuple(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }),
      fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }),
    )
    .map(
      ([drawn, said]) =>
        `<think><map>${drawn.join('')}</map></think><answer>${said.join('')}</answer>`,
    ),
);

async function judge(
  plugin: ErasedPlugin<'reward'>,
  sample: Sample,
  completion: string,
  options = {},
): Promise<Extract<RewardOutcome, { status: 'scored' }>> {
  const context = { seed: 1, baseDirectory: '.', logger: fakeLogger() };
  const reward = await createFromPlugin(plugin, parseOptions(plugin, options), context);
  const [outcome] = await reward.score({
    sample,
    completions: [{ text: completion, tokenCount: 1, finishReason: 'stop' }],
    outcomes: new Map(),
    signal: new AbortController().signal,
  });
  if (outcome?.status === 'scored') return outcome;
  throw new Error(outcome?.reason ?? 'no outcome');
}

describe('benchmark and rewards agree on any completion', () => {
  test('answer, map and form', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...SAMPLES), async (completion, sample) => {
        const { score, measures, reason } = judgeSpatialAnswer(itemOfSample(sample), completion);
        const said = await judge(answer, sample, completion);
        expect({ score, reason }).toEqual({ score: said.value, reason: said.reason });
        expect(measures).toMatchObject({
          format: (await judge(format, sample, completion)).value,
          map: (await judge(map, sample, completion, { when: 'always' })).value,
        });
      }),
      { numRuns: 500 },
    );
  });
});
