import { expect, test } from '@jest/globals';
import { DEFAULT_RUN } from '../../../src/config/defaults.ts';
import { evaluationSettings } from '../../../src/evaluate/run/evaluation-settings.ts';
import type { Benchmark, SamplingParameters } from '../../../src/spec/index.ts';

const parameters: SamplingParameters = {
  ...{ temperature: 0.9, topP: 0.8, topK: 0, repetitionPenalty: 1, maxNewTokens: 112 },
};
const auto = DEFAULT_RUN.evaluate;
const published: Pick<Benchmark, 'setup' | 'usual'> = {
  setup: { prompt: 'official', maxNewTokens: 16 },
};
const own: Pick<Benchmark, 'setup' | 'usual'> = {
  setup: { prompt: 'run' },
  usual: { questions: 1200, decoding: 'sampled', controls: ['blank', 'swapped'] },
};

test('a published benchmark is evaluated whole, greedily and as filmed', () => {
  expect(evaluationSettings(auto, published, parameters)).toEqual({
    questions: undefined,
    controls: [],
    as: undefined,
    sampling: { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 16 },
    samples: 1,
  });
});

test('a benchmark says what is usual for it, and the config has the last word', () => {
  expect(evaluationSettings(auto, own, parameters)).toMatchObject({
    ...{ questions: 1200, controls: ['blank', 'swapped'], sampling: parameters },
  });
  const set = { ...auto, questions: 7, decoding: 'greedy', controls: false, as: 'images' } as const;
  expect(evaluationSettings(set, own, parameters)).toMatchObject({
    ...{ questions: 7, controls: [], as: 'images' },
    sampling: { temperature: 0, maxNewTokens: 112 },
  });
});

test('controls are a list, or the two plain ones', () => {
  const controls = (value: typeof auto.controls) =>
    evaluationSettings({ ...auto, controls: value }, published, parameters).controls;
  expect(controls(true)).toEqual(['blank', 'swapped']);
  expect(controls(['first-frame'])).toEqual(['first-frame']);
});

test('several answers are drawn, also of a benchmark that is usually greedy', () => {
  const several = evaluationSettings({ ...auto, samples: 4 }, published, parameters);
  expect(several).toMatchObject({ samples: 4, sampling: { ...parameters, maxNewTokens: 16 } });
});
