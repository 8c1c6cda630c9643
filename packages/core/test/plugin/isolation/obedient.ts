/** A reward in a thread of its own that does what it is told, for the tests of isolation. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { loadIsolated } from '../../../src/plugin/isolation/reward.ts';
import type { IsolationOptions, LoadedReward } from '../../../src/plugin/isolation/reward.ts';
import { callReward } from '../../../src/rollout/call-reward.ts';
import type { Reward, RewardOutcome, ScoredText } from '../../../src/spec/index.ts';
import { fakeLogger, fakeSample } from '../../../src/testing/index.ts';

/** Does what the text of the first completion says. In a form that is loaded as it is, because each thread would read TypeScript for a second. */
const OBEDIENT = `
const { abstain, defineReward } = require('@loci/core');
const { z } = require('zod');

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

exports.obedient = defineReward({
  name: 'obedient',
  description: 'Does what it is told.',
  options: z.strictObject({ value: z.number().default(1), create: z.enum(['fine', 'throw']).default('fine') }),
  range: [0, 3],
  after: ['answer'],
  looks: ['shuffled'],
  examples: (sample) => ({ gold: { text: 'for ' + sample.id } }),
  scoreGroup: async (completions, sample, { options, group, signal, run }) => {
    const [word, argument] = completions[0].text.split(' ');
    if (word === 'loop') while (true);
    if (word === 'wait-and-loop') { await later(30); while (true); }
    if (word === 'exit') process.exit(Number(argument));
    if (word === 'throw') throw new Error('as told');
    if (word === 'uncaught') { setTimeout(() => { throw new Error('out of the blue'); }); await later(1000); }
    if (word === 'leak') { const kept = []; while (true) kept.push(new Array(100000).fill(Math.random())); }
    if (word === 'buffers') { const kept = []; while (true) kept.push(Buffer.alloc(4e6, 1)); }
    if (word === 'hoard') { globalThis.hoard = Array.from({ length: 30 }, () => new Float64Array(1e6).fill(1)); }
    if (word === 'later-buffers') { const kept = []; while (true) { kept.push(new Uint8Array(2e6).fill(1)); await later(5); } }
    if (word === 'kill') process.kill(process.pid, 'SIGKILL');
    if (word === 'kill-group') process.kill(0, 'SIGKILL');
    if (word === 'abort') process.abort();
    if (word === 'sleep') await later(Number(argument));
    if (word === 'never') await new Promise(() => undefined);
    if (word === 'signal') await new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (word === 'function') return [{ value: 1, reason: () => 'no' }];
    if (word === 'log') { run.logger.info('seen ' + run.seed); }
    return completions.map(({ text, tokenCount }, index) =>
      text === 'abstain' ? abstain('as told') : {
        value: options.value,
        parts: { tokenCount, index, shuffled: group.looks?.get('shuffled')?.completions.length ?? 0 },
        reason: sample.id + ' ' + (group.outcomes.get('answer')?.[index]?.status ?? 'unknown'),
      });
  },
});
`;

const opened: LoadedReward[] = [];

afterAll(async () => {
  for (const loaded of opened) await loaded.dispose();
});

/** Opens the reward, or a module of another text; it is closed when the tests of the file are over. */
export async function open(
  options: object = {},
  isolation: Partial<IsolationOptions> = {},
  source = OBEDIENT,
): Promise<LoadedReward> {
  const folder = mkdtempSync(join(tmpdir(), 'loci-isolated-'));
  writeFileSync(join(folder, 'obedient.cjs'), source);
  const loaded = await loadIsolated(
    {
      reference: join(folder, 'obedient.cjs'),
      options,
      optionsPath: ['rewards', 0, 'options'],
      seed: 5,
      baseDirectory: folder,
    },
    { logger: fakeLogger(), ...isolation },
  );
  opened.push(loaded);
  return loaded;
}

/** A completion. */
export const text = (said: string): ScoredText => ({
  text: said,
  tokenCount: 4,
  finishReason: 'stop',
});

/** Calls it with the texts of a group. */
export function call(
  reward: Reward,
  texts: readonly string[],
  timeoutMs = 10_000,
): Promise<readonly RewardOutcome[]> {
  const outcomes = new Map([
    ['answer', texts.map((): RewardOutcome => ({ status: 'scored', value: 1 }))],
  ]);
  const input = { sample: fakeSample(), completions: texts.map(text), outcomes };
  return callReward(reward, input, timeoutMs);
}

/** The outcomes, or why there are none. */
export async function told(promise: Promise<readonly RewardOutcome[]>): Promise<unknown> {
  return promise.then(
    (outcomes) => outcomes.map(({ status }) => status).join(),
    (error: Error) => error.message,
  );
}
