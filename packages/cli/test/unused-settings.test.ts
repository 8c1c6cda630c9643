/** What is set and not read is named, with what is read. */
import { describe, expect, test } from '@jest/globals';
import { READ_FOR_QUESTIONS, unusedSettings } from '../src/unused-settings.ts';

describe('settings of the command line', () => {
  test.each([
    ['score', 'rewards.0.weight=2'],
    ['score', 'rewards=[answer]'],
    ['score', 'seed=3'],
    ['evaluate', 'evaluate.batchSize=4'],
    ['evaluate', 'evaluate={batchSize: 4}'],
    ['pretrain', 'policy.threads=2'],
    ['generate', 'dataset.trainScenes=2'],
  ] as const)('of cli:%s, %s is read', (command, setting) => {
    expect(unusedSettings(command, [setting])).toEqual([]);
  });

  test.each([
    ['score', 'steps=3', 'rewards, seed'],
    ['score', 'rewardsOfMine=3', 'rewards, seed'],
    ['evaluate', 'sampler.temperature=0.7', 'policy, benchmark'],
    ['check-data', 'policy.model=x', 'dataset, seed'],
  ] as const)('of cli:%s, %s is named', (command, setting, read) => {
    const lines = unusedSettings(command, [setting]);
    expect(lines).toEqual([
      expect.stringContaining(`--set ${setting} changes nothing here: ${command} reads ${read}`),
    ]);
  });

  test('the dataset is read where questions are made from it', () => {
    expect(unusedSettings('evaluate', ['dataset.testScenes=3'])).toHaveLength(1);
    expect(unusedSettings('evaluate', ['dataset.testScenes=3'], READ_FOR_QUESTIONS)).toEqual([]);
  });
});
