import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/read-config.ts';
import { createRun } from '../../src/run/create-run.ts';
import { fakeLogger } from '../../src/testing/index.ts';
import { saysB, temporaryFolder, toyPlugins, toyRun } from '../toy-run.ts';

const rewards = { 'says-b': saysB, brevity: saysB };

async function complaint(yaml: string): Promise<unknown> {
  const file = join(mkdtempSync(join(tmpdir(), 'loci-config-')), 'run.yaml');
  writeFileSync(file, yaml);
  const { config, origin } = readConfig({ file });
  const plugins = toyPlugins({ rewards });
  const parts = { policy: { use: 'table' }, dataset: { use: 'toy' }, benchmark: { use: 'toy' } };
  return createRun({
    config: { ...config, ...parts },
    origin,
    plugins,
    baseDirectory: '/',
    logger: fakeLogger(),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

describe('gates', () => {
  test('may name a reward that stands earlier or later, and each other', async () => {
    expect(
      await complaint(`rewards:
  - { use: says-b, gate: { reward: brevity, atLeast: 0.5 } }
  - { use: brevity, gate: { reward: says-b, part: parsed, above: 0 } }
`),
    ).toBeUndefined();
  });

  test('that name a reward the run does not have are an error with place and near names', async () => {
    expect(
      await complaint(`rewards:
  - use: says-b
  - use: brevity
    gate:
      reward: say-b
      above: 0.5
`),
    ).toMatchObject({
      code: 'unknown-gate',
      message: expect.stringMatching(
        /run\.yaml, line 5, column 7: rewards\.1\.gate\.reward: the run has no reward "say-b" to be a gate; did you mean "says-b"\? known: says-b$/,
      ),
    });
  });

  test('cannot be the reward itself', async () => {
    await expect(
      toyRun(temporaryFolder(), ['rewards.1.gate.reward=brevity', 'rewards.1.gate.above=0'], {
        rewards,
      }),
    ).rejects.toMatchObject({
      code: 'unknown-gate',
      message: expect.stringContaining(
        '--set rewards.1.gate.reward=brevity: rewards.1.gate.reward: the reward "brevity" cannot be its own gate',
      ),
    });
  });

  test('need another reward', async () => {
    const alone = ['rewards.0.gate={reward: format, above: 0}'];
    await expect(toyRun(temporaryFolder(), alone)).rejects.toMatchObject({
      code: 'unknown-gate',
      message: expect.stringMatching(/no reward "format" to be a gate; it has no other$/),
    });
  });

  test('are all named, and need one bound', async () => {
    const both = ['rewards.0.gate={reward: a, above: 0}', 'rewards.1.gate={reward: b, above: 0}'];
    await expect(toyRun(temporaryFolder(), both, { rewards })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/reward "a"[^]*\n[^]*reward "b"/),
    });
    const unbounded = ['rewards.0.gate={reward: brevity}'];
    await expect(toyRun(temporaryFolder(), unbounded, { rewards })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('give one of above and atLeast'),
    });
  });
});
