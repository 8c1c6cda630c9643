/** What validation says of the rewards of a run: where, what, and what it lets pass. */
import { describe, expect, test } from '@jest/globals';
import { abstain, defineReward } from '../../src/plugin/define-reward.ts';
import type { RunReward } from '../../src/rollout/run-reward.ts';
import type { ErasedPlugin, PluginContext, Reward } from '../../src/spec/index.ts';
import { fakeLogger, fakeSample } from '../../src/testing/index.ts';
import { RIGHT, entry, judged, perText, reward, scored, validate } from './rewards.ts';

describe('a breach says where and what', () => {
  test('the completion alone that a whole call broke on', async () => {
    const [report] = await validate(() => [
      entry(
        reward({
          score: ({ completions }) =>
            completions.map(({ text }) => scored(JSON.parse(/<answer>/.exec(text) ? '1' : text))),
        }),
      ),
    ]);
    expect(report!.breaches).toEqual([
      {
        rule: 'answers',
        said: expect.stringMatching(/^threw: .*JSON/),
        completion: expect.objectContaining({ text: '' }),
        sampleId: 'sample-0',
      },
    ]);
  });

  test('what was earned, with parts and reason', async () => {
    const half = defineReward({
      name: 'half',
      description: 'Half a point for anything.',
      score: ({ text }) => (text === '' ? 0 : { value: 0.5, parts: { seen: 1 }, reason: 'text' }),
    });
    const made = await create(half);
    const [report] = await validate(() => [entry(made)]);
    expect(report!.breaches[0]).toMatchObject({
      rule: 'gold',
      said: 'it earned 0.5 (seen 1; text), where 1 is the most',
    });
    expect(report!.means).toEqual({ gold: 0.5, wrong: 0.5, garbage: expect.closeTo(1 / 3) });
  });
});

describe('rewards of a run', () => {
  test('see real outcomes of those they come after, whatever the order of the config', async () => {
    const bonus = reward({
      after: ['base'],
      score: ({ outcomes }) => outcomes.get('base')!.map((said) => ({ ...said })),
    });
    const reports = await validate(() => [entry(bonus, 'bonus'), entry(reward(), 'base')]);
    expect(reports.map(({ name, breaches }) => [name, breaches])).toEqual([
      ['bonus', []],
      ['base', []],
    ]);
  });

  test('are not tried where one they build on failed, and that one is tried once when it hangs', async () => {
    let calls = 0;
    const stuck = reward({
      score: ({ completions }) => {
        calls += completions.length;
        return new Promise(() => undefined);
      },
    });
    const make = (): readonly RunReward[] => [
      entry(stuck, 'stuck', 30),
      entry(reward({ after: ['stuck'] }), 'later'),
    ];
    const [first, later] = await validate(make, [fakeSample(), fakeSample({ id: 'b' })]);
    expect(first).toMatchObject({ hung: true, samples: 1, breaches: [{ rule: 'answers' }] });
    expect(later).toMatchObject({ samples: 0, blocked: 2, blockedBy: 'stuck', breaches: [] });
    expect(calls).toBe('gold gold wrong empty text tags'.split(' ').length + 1);
  });

  test('get completions under a look when one asks for it', async () => {
    const seen: (number | undefined)[] = [];
    const make = (asks: boolean) => () => [
      entry(
        reward({
          ...(asks && { looks: ['shuffled'] }),
          score: (input) => {
            seen.push(input.looks?.get('shuffled')?.completions.length);
            return judged(input);
          },
        }),
      ),
    ];
    await validate(make(true));
    expect(new Set(seen.splice(0))).toEqual(new Set([2]));
    await validate(make(false));
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });

  test('are shown their own examples of a look, and what the rewards before say of these', async () => {
    const seen: (readonly string[])[] = [];
    const comparing = reward({
      after: ['base'],
      looks: { two: { show: 'mirrored', completions: 2 } },
      examples: () => ({ looks: { two: [{ text: RIGHT }, { text: 'C' }] } }),
      score: (input) => {
        const { completions, outcomes } = input.looks!.get('two')!;
        const values = outcomes
          .get('base')!
          .map((said) => (said.status === 'scored' ? said.value : NaN));
        seen.push([...completions.map(({ text }) => text), ...values.map(String)]);
        return judged(input);
      },
    });
    const reports = await validate(() => [entry(comparing, 'comparing'), entry(reward(), 'base')]);
    expect(reports.map(({ breaches }) => breaches)).toEqual([[], []]);
    expect(new Set(seen.map((line) => line.join()))).toEqual(new Set([`${RIGHT},C,1,0`]));
  });

  test('that never say anything are told from those that say nothing of some', async () => {
    const silent = await create(
      defineReward({
        name: 'silent',
        description: 'Waits for a part that nobody gives.',
        score: () => abstain('no answer part'),
      }),
    );
    const choosy: Reward = reward({
      score: (input) =>
        input.sample.id === 'b' ? judged(input).map(() => abstain('not mine')) : judged(input),
    });
    const samples = [fakeSample(), fakeSample({ id: 'b' })];
    const reports = await validate(
      () => [entry(silent, 'silent'), entry(choosy, 'choosy')],
      samples,
    );
    expect(reports).toMatchObject([
      { samples: 2, silent: 2, silence: 'no answer part', breaches: [] },
      { samples: 2, silent: 1, silence: 'not mine', breaches: [] },
    ]);
  });

  test('bring examples of their own', async () => {
    const brief: Reward = {
      range: [0, 1],
      examples: () => ({ gold: { tokenCount: 5 }, garbage: [{ tokenCount: 50 }] }),
      score: ({ completions }) =>
        completions.map(({ tokenCount }) => scored(tokenCount < 9 ? 1 : 0)),
    };
    const [report] = await validate(() => [entry(brief)]);
    expect(report!.breaches).toEqual([]);
    const { range, score } = brief;
    const [bare] = await validate(() => [entry({ range, score })]);
    expect(new Set(bare!.breaches.map(({ rule }) => rule))).toEqual(new Set(['gold', 'garbage']));
  });

  test('whose examples throw are named', async () => {
    const [report] = await validate(() => [
      entry(
        reward({
          examples: () => {
            throw new Error('no map');
          },
        }),
      ),
    ]);
    expect(report!.breaches).toEqual([
      { rule: 'answers', said: 'its examples threw: no map', sampleId: 'sample-0' },
    ]);
  });
});

describe('a known quirk', () => {
  const quirky = reward(perText((text) => (text.endsWith(RIGHT) ? 2 / 3 : 0)));

  test('is what the corrected reward does not do', async () => {
    const [report] = await validate(() => [entry(quirky)], [fakeSample()], [entry(reward())]);
    expect(report).toMatchObject({ breaches: [], quirks: [{ rule: 'gold' }, { rule: 'gold' }] });
  });

  test('is a breach when the corrected reward does it too', async () => {
    const [report] = await validate(() => [entry(quirky)], [fakeSample()], [entry(quirky)]);
    expect(report).toMatchObject({ quirks: [], breaches: [{ rule: 'gold' }, { rule: 'gold' }] });
  });
});

test('samples that are not the first of their kind are not tried on odd texts', async () => {
  let longest = 0;
  const watching = reward({
    score: (input) => {
      if (input.sample.id === 'b') {
        longest = Math.max(longest, ...input.completions.map(({ text }) => text.length));
      }
      return judged(input);
    },
  });
  const [report] = await validate(() => [entry(watching)], [fakeSample(), fakeSample({ id: 'b' })]);
  expect(longest).toBeLessThan(1000);
  expect(report!.worstMs).toBeGreaterThanOrEqual(report!.medianMs!);
});

async function create(plugin: ErasedPlugin<'reward'>): Promise<Reward> {
  const context: PluginContext = { seed: 1, baseDirectory: '.', logger: fakeLogger() };
  return plugin.create({} as never, context);
}
