import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN } from '@loci/core';
import type { RunConfig } from '@loci/core';
import { checkRefused, mapSettings } from '../../src/mapping/rules.ts';
import { hydraValue } from '../../src/verl/overrides.ts';
import { verlOptions } from '../../src/verl/options.ts';
import { VERL_RULES } from '../../src/verl/run-rules.ts';

const GRPO = {
  ...{ use: 'grpo', klWeight: 0.04, klIn: 'loss', klEstimator: 'k3', ratio: 'token' },
  ...{ aggregation: 'completion', old: 'current', clipLow: 0.2, clipHigh: 0.28 },
};
const options = verlOptions.parse({ storage: '/mnt/shared', gpusPerNode: 2 });

function mapping(change: Partial<RunConfig>) {
  const config = { ...DEFAULT_RUN, objective: GRPO, ...change };
  return mapSettings(VERL_RULES, config, options, hydraValue);
}

const setBy = (change: Partial<RunConfig>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...mapping(change).set].map(([key, value]) => [
      key.replace('actor_rollout_ref.actor.', '.'),
      value,
    ]),
  );

const refusedIn = (change: Partial<RunConfig>): readonly string[] =>
  mapping(change).settings.flatMap(({ key, fate }) => (fate.kind === 'refused' ? [key] : []));

describe('settings on verl', () => {
  test.each([
    ['completion', 'seq-mean-token-mean'],
    ['token', 'token-mean'],
    ['constant', 'seq-mean-token-sum-norm'],
  ])('the aggregation %s is its %s', (aggregation, mode) => {
    expect(setBy({ objective: { ...GRPO, aggregation } })).toMatchObject({
      '.loss_agg_mode': mode,
      '.policy_loss.loss_mode': 'vanilla',
    });
  });

  test('a KL in the loss and one in the reward set different keys, and none switches both off', () => {
    expect(setBy({})).toMatchObject({
      ...{ '.use_kl_loss': true, '.kl_loss_coef': 0.04, '.kl_loss_type': 'low_var_kl' },
      'algorithm.use_kl_in_reward': false,
    });
    expect(setBy({ objective: { ...GRPO, klIn: 'reward', klEstimator: 'k1' } })).toMatchObject({
      ...{ '.use_kl_loss': false, 'algorithm.use_kl_in_reward': true },
      ...{ 'algorithm.kl_ctrl.kl_coef': 0.04, 'algorithm.kl_penalty': 'kl' },
    });
    const off = setBy({ objective: { ...GRPO, klWeight: 0 } });
    expect(off).toMatchObject({ '.use_kl_loss': false, 'algorithm.use_kl_in_reward': false });
  });

  test('a ratio of completions is gspo where completions weigh the same, and refused elsewhere', () => {
    expect(setBy({ objective: { ...GRPO, ratio: 'sequence' } })).toMatchObject({
      '.policy_loss.loss_mode': 'gspo',
    });
    const tokens = { objective: { ...GRPO, ratio: 'sequence', aggregation: 'token' } };
    expect(refusedIn(tokens)).toEqual(['objective.ratio']);
  });

  test('what verl cannot do is refused', () => {
    expect(refusedIn({})).toEqual([]);
    const { sampler } = DEFAULT_RUN;
    expect(refusedIn({ sampler: { ...sampler, repetitionPenalty: 1.1, temperature: 0 } })).toEqual([
      'sampler.temperature',
      'sampler.repetitionPenalty',
    ]);
    const course = refusedIn({ curriculum: { floor: 0.1 }, leaveOutTruncated: true });
    expect(new Set(course)).toEqual(new Set(['curriculum.floor', 'leaveOutTruncated']));
    expect(refusedIn({ objective: { use: 'vespo', powerPositive: 2 } })).toEqual([
      'objective.use',
      'objective.powerPositive',
    ]);
    expect(refusedIn({ policy: { use: 'openai', baseUrl: 'http://x', model: 'm' } })).toEqual([
      'policy.use',
    ]);
    expect(refusedIn({ promptsPerStep: 3, minibatches: 2 })).toEqual(['minibatches']);
  });

  test('an error names the place and the reason of each', () => {
    const { settings } = mapping({ leaveOutTruncated: true, logProbTemperature: 'one' });
    const check = (): void =>
      checkRefused(settings, 'verl', (path) => `mine.yaml, ${path.join('/')}`);
    expect(check).toThrow(/mine\.yaml, leaveOutTruncated: .*true.*: verl cannot do this/u);
  });

  test('every leaf of a run has a fate, and two settings that contradict each other are an error', () => {
    const { settings } = mapping({});
    expect(settings.map(({ key }) => key)).toContain('sampler.topP');
    const policy = { use: 'onnx', model: '/a', lora: { rank: 8, unknownOption: 1 } };
    expect(refusedIn({ policy })).toEqual(['policy.lora.unknownOption']);
  });
});
