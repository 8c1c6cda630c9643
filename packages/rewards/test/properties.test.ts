import { describe, expect, test } from '@jest/globals';
import type { ErasedPlugin, ProblemType, RewardOutcome } from '@loci/core';
import fc from 'fast-check';
import { answer, format, map, plugins } from '../src/index.ts';
import { GOLD, ROOM, earlier, score } from './score.ts';

const PIECES = [
  '<think>',
  '</think>',
  '<answer>',
  '</answer>',
  '<map>',
  '</map>',
  '{',
  '}',
  "'chair'",
  ':',
  '[[1,2]]',
  '[',
  ']',
  ',',
  'A',
  'one',
  '3.5',
  '-',
  'nan',
  '1e999',
  '\u00a0',
  '漢',
  '\ud800',
  '"tv"',
  '\n',
];
const completion = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join('')),
);
const TYPES: readonly ProblemType[] = [
  'multiple choice',
  'numerical',
  'OCR',
  'free-form',
  'regression',
];
const REWARDS: readonly (readonly [
  name: string,
  plugin: ErasedPlugin<'reward'>,
  options: Readonly<Record<string, unknown>>,
])[] = [
  ['answer', answer, {}],
  ['answer, lenient', answer, { letters: 'lenient' }],
  ['answer, spacer', answer, { compat: 'spacer' }],
  ['format', format, {}],
  ['format, spacer', format, { compat: 'spacer' }],
  ['map', map, {}],
  ['map, always', map, { when: 'always', power: 3, surplusWeight: 1, clip: true }],
  ['map, calibrated', map, { when: 'always', scoring: 'calibrated' }],
  ['map, spacer', map, { compat: 'spacer' }],
];

describe.each(REWARDS)('%s', (name, plugin, options) => {
  /** A bonus to right answers has nothing to say of types that are never quite right. */
  const statusFor = (problemType: ProblemType): RewardOutcome['status'] =>
    name === 'map' && problemType !== 'multiple choice' && problemType !== 'numerical'
      ? 'abstained'
      : 'scored';
  const run = (completions: readonly string[], problemType: ProblemType) => {
    const solution = `<answer>${problemType === 'multiple choice' ? 'A' : '3.5'}</answer>`;
    const outcomes = earlier({ answer: completions.map(() => 1) });
    return score(plugin, completions, {
      sample: { ...ROOM, problemType, solution },
      options,
      outcomes,
    });
  };

  test('any completion gets a finite value within the range', async () => {
    await fc.assert(
      fc.asyncProperty(completion, fc.constantFrom(...TYPES), async (text, problemType) => {
        const [outcome] = await run([text], problemType);
        expect(outcome!.status).toBe(statusFor(problemType));
        if (outcome!.status !== 'scored') return;
        const { value } = outcome!;
        expect(value).toBeGreaterThanOrEqual(-1);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('the order of a group does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(completion, { maxLength: 6 }), async (completions) => {
        const there = await run(completions, 'numerical');
        const back = await run([...completions].reverse(), 'numerical');
        expect([...back].reverse()).toEqual(there);
      }),
      { numRuns: 50 },
    );
  });

  test.each(['chair [1,2] ', '</think><answer>', 'one two ', '1,'])(
    'a long run of %j is judged',
    async (piece) => {
      const filling = piece.repeat(200_000 / piece.length);
      const text = `<think><map>{${filling}}</map></think><answer>${filling}</answer>`;
      for (const problemType of TYPES) {
        expect(await run([text], problemType)).toMatchObject([{ status: statusFor(problemType) }]);
      }
    },
  );
});

test('plugins have names of their own', () => {
  expect(new Set(plugins.map(({ name }) => name)).size).toBe(plugins.length);
  for (const { kind, description } of plugins) {
    expect(kind).toBe('reward');
    expect(description).toMatch(/\.$/);
  }
});

test('gold earns all that answer, map and format give', async () => {
  const outcomes = earlier({ answer: [1] });
  for (const plugin of [answer, map, format]) {
    expect(await score(plugin, [GOLD], { outcomes })).toMatchObject([
      { status: 'scored', value: 1 },
    ]);
  }
});
