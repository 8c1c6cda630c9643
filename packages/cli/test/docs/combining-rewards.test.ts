/** The example of docs/combining-rewards.md is a config that a run can be made from, and means what the page says. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { combineOutcomes, createRun, readConfig, weightAt } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { packagePlugins } from '../../src/compose.ts';
import { DEFAULTS } from '../../src/defaults.ts';

const PAGE = resolve(import.meta.dirname, '../../../../docs/combining-rewards.md');

describe('docs/combining-rewards.md', () => {
  test('has an example that makes a run', async () => {
    const example = /```yaml\n([^]*?)```/.exec(readFileSync(PAGE, 'utf8'))![1]!;
    const file = join(mkdtempSync(join(tmpdir(), 'loci-docs-')), 'my.yaml');
    writeFileSync(file, example);
    const { config, origin } = readConfig({ file, defaults: DEFAULTS });
    expect(config.advantage).toEqual({ use: 'reward-normalised' });
    const run = await createRun({
      config,
      origin,
      plugins: packagePlugins,
      baseDirectory: '/',
      logger: { info: () => {}, warn: () => {} },
    });
    const rewards = await run.rewards();
    await run.dispose();
    expect(rewards.map(({ name }) => name)).toEqual(['answer', 'map', 'format']);
    const weights = [1, 40, 90, 140, 1000].map((step) => weightAt(rewards[1]!.weight, step));
    expect(weights).toEqual([2, 2, 1.25, 0.5, 0.5]);

    const said = (value: number): RewardOutcome => ({ status: 'scored', value });
    const outcomes = new Map([
      ['answer', [said(1), said(0.25)]],
      ['map', [said(1), said(-1)]],
      ['format', [said(1), said(1)]],
    ]);
    const { rewards: sums } = combineOutcomes(rewards, outcomes, 2, 1);
    expect([...sums]).toEqual([1 + 2 * 0.9 + 0.5, 0.25]);
  });
});
