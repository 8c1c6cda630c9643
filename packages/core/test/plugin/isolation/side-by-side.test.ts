/** Rewards in threads work at the same time, on a group and on its looks: each waits here until the others have begun. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadIsolated } from '../../../src/plugin/isolation/reward.ts';
import type { LoadedReward } from '../../../src/plugin/isolation/reward.ts';
import type { RunReward } from '../../../src/rollout/run-reward.ts';
import { scoreGroups } from '../../../src/rollout/score-groups.ts';
import type { RolloutGroup } from '../../../src/spec/index.ts';
import { fakeLogger, fakeSample } from '../../../src/testing/index.ts';

/** Leaves a mark of its name and text, and waits for the marks that it is told of. */
const MEETING = `
const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { defineReward } = require('@loci/core');
const { z } = require('zod');

exports.meeting = defineReward({
  name: 'meeting',
  description: 'Waits until others have begun.',
  options: z.strictObject({ name: z.string(), meets: z.array(z.string()) }),
  looks: ['blank'],
  scoreGroup: async (completions, sample, { options, group, run }) => {
    const text = completions[0].text;
    writeFileSync(join(run.baseDirectory, options.name + '-' + text), '');
    const others = text === 'own' ? options.meets : [];
    while (!others.every((other) => existsSync(join(run.baseDirectory, other)))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const look = group.looks?.get('blank');
    return completions.map(() => ({
      value: 1,
      parts: { looked: look?.completions.length ?? 0, heard: look?.outcomes.size ?? 0 },
    }));
  },
});
`;

const opened: LoadedReward[] = [];

afterAll(async () => {
  for (const loaded of opened) await loaded.dispose();
});

test('rewards in threads that do not need each other are asked at once, on looks too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-side-by-side-'));
  const reference = join(folder, 'meeting.cjs');
  writeFileSync(reference, MEETING);
  const placed = async (
    name: string,
    meets: readonly string[],
    after: readonly string[] = [],
  ): Promise<RunReward> => {
    const loaded = await loadIsolated(
      {
        reference,
        options: { name, meets },
        optionsPath: ['options'],
        seed: 1,
        baseDirectory: folder,
      },
      { logger: fakeLogger() },
    );
    opened.push(loaded);
    const reward = { ...(await loaded.create()), after };
    return { name, weight: 1, timeoutMs: 60_000, reward };
  };
  const rewards = [
    await placed('one', ['two-own', 'one-blank']),
    await placed('two', ['one-own']),
    await placed('last', [], ['one']),
  ];
  const rollouts = (text: string): RolloutGroup['rollouts'] => [
    { text, tokenIds: new Int32Array(1), logProbs: new Float32Array(1), finishReason: 'stop' },
  ];
  const group: RolloutGroup = {
    sample: fakeSample(),
    prompt: { tokenIds: new Int32Array(1), media: [] },
    rollouts: rollouts('own'),
    looks: new Map([['blank', rollouts('blank')]]),
  };
  const [score] = await scoreGroups([group], rewards);
  expect(score!.failures).toEqual([]);
  const parts = { looked: 1, heard: 1 };
  expect([...score!.group.outcomes.values()].flat()).toEqual(
    rewards.map(() => ({ status: 'scored', value: 1, parts })),
  );
}, 90_000);
