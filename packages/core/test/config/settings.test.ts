import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN } from '../../src/config/defaults.ts';
import {
  optimizerOf,
  optimizerSchema,
  samplerOf,
  samplerSchema,
} from '../../src/config/settings.ts';

describe('settings', () => {
  test('the sampler splits the group size from how tokens are drawn', () => {
    const made = samplerOf({ ...DEFAULT_RUN.sampler, completionsPerPrompt: 4 });
    expect(made.completionsPerPrompt).toBe(4);
    expect(made.parameters).toEqual({
      temperature: 1,
      topP: 1,
      topK: 0,
      repetitionPenalty: 1,
      maxNewTokens: 112,
    });
    expect(samplerOf({ ...DEFAULT_RUN.sampler, chunkTokens: 3 }).parameters.chunkTokens).toBe(3);
  });

  test.each([{ topP: 0 }, { temperature: -1 }, { completionsPerPrompt: 0 }, { topk: 5 }])(
    'the sampler cannot have %j',
    (wrong) => {
      expect(() => samplerSchema.parse({ ...DEFAULT_RUN.sampler, ...wrong })).toThrow();
    },
  );

  test('the optimizer cannot have a learning rate of 0', () => {
    const settings = DEFAULT_RUN.optimizer;
    expect(() => optimizerSchema.parse({ ...settings, learningRate: 0 })).toThrow();
    expect(optimizerOf(settings).parameters).toEqual(settings);
  });
});
