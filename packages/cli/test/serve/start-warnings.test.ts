import { expect, test } from '@jest/globals';
import { counterfactual, format, temporal } from '@loci/rewards';
import { startWarnings } from '../../src/serve/start-warnings.ts';
import { runReward } from '../rescore/stored.ts';

test('rewards that compare with looks give a warning with the looks', async () => {
  const lines = startWarnings([
    await runReward(temporal),
    await runReward(counterfactual, { looks: ['blank', 'other-video'], completions: 2 }),
    await runReward(format),
  ]);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^temporal .*: shuffled\. .*"looks": \{ "shuffled": \[…\] \}/);
  expect(lines[1]).toMatch(/^counterfactual .*blank-2 \(blank\), other-video-2 \(other-video\)/);
});

test('and so is who serves a weight that moves', async () => {
  const weight = { from: 0, to: 2, start: 1, steps: 4 };
  const [line] = startWarnings([await runReward(format, {}, { weight })]);
  expect(line).toMatch(/weight of format changes during training.* its last value, 2$/);
});
