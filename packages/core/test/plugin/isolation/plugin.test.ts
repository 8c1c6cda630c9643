import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/read-config.ts';
import { createRun } from '../../../src/index.ts';
import { scoreGroups } from '../../../src/rollout/score-groups.ts';
import type { GroupScore } from '../../../src/rollout/score-groups.ts';
import type { Run } from '../../../src/run/run.ts';
import type { RolloutGroup } from '../../../src/spec/index.ts';
import { fakeLogger, fakeSample } from '../../../src/testing/index.ts';
import { toyPlugins } from '../../toy-run.ts';

/** Abstains, fails, reasons; reads its options, the seed, the sample's map and what the reward before it said. */
const VARIED = `
import { LociError, abstain, defineReward } from '@loci/core';
import { z } from 'zod';

export const varied = defineReward({
  name: 'varied',
  description: 'A little of everything.',
  options: z.strictObject({ factor: z.number().default(0.5) }),
  after: ['says-b'],
  score: ({ text, tokenCount, finishReason }, sample, { options, said, index, run }) => {
    while (text === 'loop');
    if (text === '') return abstain('no text');
    if (text === 'throw') throw new LociError('told', 'as told');
    const earlier = said('says-b');
    const value = options.factor * (earlier.status === 'scored' ? earlier.value : 0);
    return { value, parts: { index, tokenCount, seed: run.seed }, reason: finishReason + (sample.map?.chair.length ?? '') };
  },
});
`;

/** The same in a form that is loaded as it is: each thread would read TypeScript for a second. */
const VARIED_AS_IT_IS = VARIED.replace(
  /import (\{.*?\}) from ('.*?');/g,
  'const $1 = require($2);',
).replace('export const ', 'exports.');

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'loci-isolated-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

async function runWith(rewards: string, files: Readonly<Record<string, string>>): Promise<Run> {
  const parts =
    'policy: table\ndataset: toy\nbenchmark: toy\nprompt: toy\nsinks: []\nsampler: { topK: 0 }';
  const folder = folderWith({ ...files, 'run.yaml': `${parts}\nrewards: ${rewards}\n` });
  const { config, origin } = readConfig({ file: join(folder, 'run.yaml') });
  const options = { config, origin, plugins: toyPlugins(), baseDirectory: folder };
  return createRun({ ...options, logger: fakeLogger() });
}

function group(texts: readonly string[]): RolloutGroup {
  return {
    sample: fakeSample({ map: { chair: [[1, 2]] } }),
    prompt: { tokenIds: new Int32Array(1), media: [] },
    rollouts: texts.map((text, index) => ({
      text,
      tokenIds: new Int32Array(index + 1),
      logProbs: new Float32Array(index + 1),
      finishReason: index % 2 === 0 ? 'stop' : 'length',
    })),
  };
}

async function scored(run: Run, texts: readonly string[]): Promise<GroupScore> {
  const [score] = await scoreGroups([group(texts)], await run.rewards());
  return score!;
}

describe('rewards of a config in threads', () => {
  test('a bare name that no reward has is answered with near names, in no thread', async () => {
    await expect(runWith('[says-bb]', {})).rejects.toThrow(/says-bb.*says-b/s);
    const isolated = runWith('[{ use: says-bb, isolate: true }]', {});
    await expect(isolated).rejects.toThrow(/says-bb.*did you mean "says-b"/s);
  });

  test('say the same in place and isolated, as those from outside are; there a hang is a named failure', async () => {
    const rewards = (isolate: string): string =>
      `[says-b, { use: ./varied.ts${isolate}, timeoutMs: 1000, options: { factor: 0.25 } }]`;
    const inPlace = await runWith(rewards(', isolate: false'), { 'varied.ts': VARIED });
    const isolated = await runWith(rewards(''), { 'varied.ts': VARIED });
    try {
      for (const texts of [['B', '', 'A', 'B now'], ['B', 'throw'], []]) {
        const there = await scored(isolated, texts);
        const here = await scored(inPlace, texts);
        expect([...there.group.outcomes]).toEqual([...here.group.outcomes]);
        expect([...there.group.rewards]).toEqual([...here.group.rewards]);
        expect(there.failures).toEqual(here.failures);
      }
      expect((await scored(isolated, ['B'])).group.outcomes.get('varied')).toEqual([
        {
          status: 'scored',
          value: 0.25,
          parts: { index: 0, tokenCount: 1, seed: 1 },
          reason: 'stop1',
        },
      ]);
      const { failures } = await scored(isolated, ['A', 'loop']);
      expect(failures).toEqual([
        {
          reward: 'varied',
          sampleId: 'sample-0',
          message: expect.stringMatching(/^timed out after 1000 ms/),
        },
      ]);
    } finally {
      await isolated.dispose();
    }
    await expect(
      isolated.rewards().then((all) => scoreGroups([group(['B'])], all)),
    ).resolves.toEqual([
      expect.objectContaining({ failures: [expect.objectContaining({ reward: 'varied' })] }),
    ]);
  });

  test('complain with the place in the config, all in one message', async () => {
    const namesake = VARIED_AS_IT_IS.replace("name: 'varied'", "name: 'says-b'");
    const rewards = [
      '{ use: ./varied.cjs, options: { facotr: 1 } }',
      'says-b',
      './namesake.cjs',
      '{ use: says-b, isolate: true }',
    ].map((line) => `  - ${line}`);
    const files = { 'varied.cjs': VARIED_AS_IT_IS, 'namesake.cjs': namesake };
    const complaint = await runWith(`\n${rewards.join('\n')}`, files).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(complaint).toMatchObject({ code: 'config-invalid' });
    const [options, twice, unknown] = complaint!.message.split('\n');
    expect(options).toMatch(
      /run\.yaml, line 8, column \d+: rewards\.0\.options\.facotr: unknown key; did you mean "factor"/,
    );
    expect(twice).toMatch(/line 10, .*two rewards of the list are called "says-b"/);
    expect(unknown).toMatch(/line 11, .*no thread can load it; leave isolate out/);
  });

  test('what a plugin throws while the reward is made is wrapped once, with its name', async () => {
    const source = `
import { definePlugin } from '@loci/core';
import { z } from 'zod';
export const broken = definePlugin({
  kind: 'reward', name: 'broken', description: 'cannot be made', options: z.strictObject({}),
  create: () => { throw new Error('no such table'); },
});`;
    const run = await runWith('[./broken.ts]', { 'broken.ts': source });
    await expect(run.rewards()).rejects.toMatchObject({
      code: 'plugin-failed',
      message: 'The reward plugin "broken" could not be made: no such table',
    });
    await run.dispose();
  });
});
