/** Broken rewards of every sort are caught by the rule they break, and a sound one is left in peace. */
import { describe, expect, test } from '@jest/globals';
import type { Reward, RewardOutcome } from '../../src/spec/index.ts';
import { RIGHT, entry, judged, perText, reward, scored, validate } from './rewards.ts';

/** The rules that a reward breaks, each once. */
async function rulesBroken(make: () => Reward, timeoutMs: number): Promise<readonly string[]> {
  const [report] = await validate(() => [entry(make(), 'tried', timeoutMs)]);
  return [...new Set(report!.breaches.map(({ rule }) => rule))];
}

describe('a broken reward is caught by the rule it breaks', () => {
  let calls = 0;
  const cases: readonly (readonly [string, () => Reward, readonly string[]])[] = [
    ['sound', () => reward(), []],
    [
      'throws',
      () =>
        reward({
          score: () => {
            throw new Error('no such file');
          },
        }),
      ['answers'],
    ],
    [
      'throws on garbage',
      () => reward(perText((text) => (/<answer>(.)<\/answer>/.exec(text)![1] === 'B' ? 1 : 0))),
      ['answers'],
    ],
    [
      'fails an outcome',
      () =>
        reward({ score: (input) => judged(input).map(() => ({ status: 'failed', reason: 'x' })) }),
      ['answers'],
    ],
    ['NaN', () => reward(perText((text) => text.length / 0 - text.length / 0)), ['finite']],
    [
      'a part that is NaN',
      () =>
        reward({
          score: (input) =>
            judged(input).map((outcome) => ({ ...outcome, parts: { share: Number.NaN } })),
        } as Partial<Reward>),
      ['finite'],
    ],
    ['beyond its range', () => reward(perText((text) => (text === '' ? -1 : 1))), ['range']],
    ['one outcome too few', () => reward({ score: (i) => judged(i).slice(1) }), ['outcomes']],
    ['nothing returned', () => reward({ score: () => undefined as never }), ['outcomes']],
    [
      'random',
      () => reward(perText((text) => (text.endsWith(RIGHT) ? 1 : -Math.random()))),
      ['range'],
    ],
    [
      'random within its range',
      () => reward({ range: [-1, 1], ...perText((t) => (t.endsWith(RIGHT) ? 1 : -Math.random())) }),
      ['repeat', 'fresh', 'order'],
    ],
    [
      'counts its calls',
      () => reward({ range: [-1e9, 1], ...perText((t) => (t.endsWith(RIGHT) ? 1 : -calls++)) }),
      ['repeat', 'fresh', 'order'],
    ],
    [
      'made differently each time',
      () => {
        const own = Math.random();
        return reward({ range: [-1, 1], ...perText((t) => (t.endsWith(RIGHT) ? 1 : -own)) });
      },
      ['fresh'],
    ],
    [
      'prefers the first',
      () =>
        reward({
          range: [-1, 1],
          score: (input) =>
            judged(input).map((said, index) =>
              said.status === 'scored' && said.value === 1 ? said : scored(-1 / (1 + index)),
            ),
        }),
      ['order'],
    ],
    [
      'changes its input',
      () =>
        reward({
          score: (input) => {
            const said = judged(input);
            (input.completions as unknown[]).reverse();
            return said;
          },
        }),
      ['input'],
    ],
    [
      'changes what others said',
      () =>
        reward({
          score: (input) => {
            (input.outcomes as Map<string, RewardOutcome[]>).set('other', []);
            return judged(input);
          },
        }),
      ['input'],
    ],
    ['hangs', () => reward({ score: () => new Promise(() => undefined) }), ['answers']],
    ['half for the truth', () => reward(perText((t) => (t.endsWith(RIGHT) ? 0.5 : 0))), ['gold']],
    ['garbage is rewarded', () => reward(perText(() => 1)), ['garbage']],
    [
      'chokes on an empty group',
      () => reward({ score: (i) => (i.completions.length === 0 ? [scored(1)] : judged(i)) }),
      ['empty'],
    ],
    [
      'chokes on odd texts',
      () =>
        reward(
          perText((text) => (encodeURIComponent(text) !== '' && text.endsWith(RIGHT) ? 1 : 0)),
        ),
      ['odd'],
    ],
  ];
  test.each(cases)('%s', async (sort, make, rules) => {
    expect(await rulesBroken(make, sort === 'hangs' ? 30 : 20_000)).toEqual(rules);
  });
});
