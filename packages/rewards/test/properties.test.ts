/** What holds for every reward of this package, whatever a model writes. */
import { describe, expect, test } from '@jest/globals';
import type { ErasedPlugin, ProblemType, RewardOutcome, Sample } from '@loci/core';
import fc from 'fast-check';
import {
  answer,
  consistency,
  counterfactual,
  format,
  length,
  map,
  mirror,
  plugins,
  temporal,
} from '../src/index.ts';
import { hostileText } from './hostile-text.ts';
import { GOLD, ROOM, earlier, rangeOf, score, texts } from './score.ts';

/** A question of every type, and of every kind that a map answers. */
const TYPES: readonly (readonly [ProblemType, truth: string])[] = [
  ['multiple choice', 'A'],
  ['numerical', '3.5'],
  ['OCR', 'exit only'],
  ['free-form', 'a man opens the door'],
  ['regression', '-3.5'],
];
const SAMPLES: readonly Sample[] = [
  ...TYPES.map(([problemType, truth]) => ({
    ...ROOM,
    problemType,
    solution: `<answer>${truth}</answer>`,
  })),
  {
    ...ROOM,
    problemType: 'numerical',
    solution: '<answer>0</answer>',
    problem: 'how many of this are in the room: chair?',
  },
  { ...ROOM, problem: 'which is closest to the tv?', options: ['A. chair', 'B. left'] },
  {
    ...ROOM,
    problem: 'you stand at the tv and face the chair. where is the a?',
    options: ['A. left', 'B. right'],
  },
  {
    ...ROOM,
    problemType: 'numerical',
    solution: '<answer>2</answer>',
    problem: 'how many metres is the chair away from the tv?',
  },
];

const REWARDS: readonly (readonly [
  name: string,
  plugin: ErasedPlugin<'reward'>,
  options: Readonly<Record<string, unknown>>,
])[] = [
  ['answer', answer, {}],
  ['answer, lenient', answer, { letters: 'lenient' }],
  ['answer, dense', answer, { numbers: 'dense', halfError: 0.01 }],
  ['answer, spacer', answer, { compat: 'spacer' }],
  ['format', format, {}],
  ['format, spacer', format, { compat: 'spacer' }],
  ['map', map, {}],
  ['map, always', map, { when: 'always', power: 3, surplusWeight: 1, clip: true }],
  ['map, calibrated', map, { when: 'always', scoring: 'calibrated' }],
  ['map, spacer', map, { compat: 'spacer' }],
  ['consistency', consistency, { cellMetres: 0.7, fromSurface: 'centres' }],
  ['length', length, {}],
  ['temporal', temporal, {}],
  ['counterfactual', counterfactual, { looks: ['blank', 'other-video'], discount: 1 }],
  ['mirror', mirror, {}],
  ['mirror, with map', mirror, { map: 'columns' }],
];

describe.each(REWARDS)('%s', (_, plugin, options) => {
  const run = (completions: readonly string[], sample: Sample) => {
    const outcomes = earlier({ answer: completions.map(() => 1) });
    const taken = { completions: texts(completions), outcomes };
    const looks = { shuffled: taken, blank: taken, 'other-video': taken, mirrored: taken };
    return score(plugin, completions, { sample, options, outcomes, looks });
  };

  test('any text gets a finite value within the range, an abstention or a failure with its reason', async () => {
    const [least, greatest] = await rangeOf(plugin, options);
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom(...SAMPLES), async (text, sample) => {
        const outcomes = await run([text], sample);
        expect(outcomes).toHaveLength(1);
        const outcome = outcomes[0] as RewardOutcome;
        if (outcome.status !== 'scored') {
          expect(outcome.reason).not.toBe('');
          return;
        }
        expect(outcome.value).toBeGreaterThanOrEqual(least);
        expect(outcome.value).toBeLessThanOrEqual(greatest + 1e-12);
        for (const part of Object.values(outcome.parts ?? {})) expect(part).not.toBeNaN();
      }),
      { numRuns: 300 },
    );
  });

  test('the order of a group does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileText, { maxLength: 6 }),
        fc.constantFrom(...SAMPLES),
        async (completions, sample) => {
          const there = await run(completions, sample);
          const back = await run([...completions].reverse(), sample);
          expect([...back].reverse()).toEqual(there);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('whether it abstains is for the sample to say, not for the text', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom(...SAMPLES), async (text, sample) => {
        const statuses = (await run([text, GOLD, ''], sample)).map(({ status }) => status);
        expect(new Set(statuses).size).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  test.each(['chair [1,2] ', '</think><answer>', 'one two ', '1,', '[[1,2],', '"a":', "'a'"])(
    'a long run of %j is judged',
    async (piece) => {
      const filling = piece.repeat(100_000 / piece.length);
      const text = `<think><map>{${filling}}</map></think><answer>${filling}</answer>`;
      for (const sample of SAMPLES) expect(await run([text], sample)).toHaveLength(1);
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
