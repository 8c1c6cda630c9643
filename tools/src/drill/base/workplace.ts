/**
 * The folder that drills share: a small config, rooms, and one undisturbed training, with which every disturbed one is compared.
 * A tiny reward of its own gives every step a loss; with real rewards the few tokens of a drill would earn nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError } from '@loci/core';
import { endOf } from './command.ts';
import type { RunningCommand } from './command.ts';

/** Steps of a drill's training. */
export const STEPS = 6;

const REWARD = `
import { definePlugin } from '@loci/core';
import { z } from 'zod';

const variety = definePlugin({
  kind: 'reward',
  name: 'variety',
  description: 'Share of different characters in a text.',
  options: z.strictObject({}),
  create: () => ({
    range: [0, 1],
    score: ({ completions }) =>
      completions.map(({ text }) => ({
        status: 'scored',
        value: new Set(text).size / Math.max(1, text.length),
        reason: 'counted',
      })),
  }),
});

export { variety };
`;

const CONFIG = `
steps: ${STEPS}
promptsPerStep: 2
evaluate: { questions: 4, controls: false }
checkpoint: { every: 1, keep: 2 }
policy: { threads: 1, provider: cpu }
dataset: { folder: ./rooms, trainScenes: 4, testScenes: 16, height: 56, width: 84, seconds: 1 }
sampler: { completionsPerPrompt: 4, maxNewTokens: 24 }
rewards: [{ use: ./variety.ts }]
`;

/** Name of the config within a workplace. */
export const CONFIG_FILE = 'drill.yaml';

/** An uninterrupted training. */
export interface WholeRun {
  readonly folder: string;
  /** From its start to its end, in ms. */
  readonly milliseconds: number;
}

/** See the head of this file. */
export interface Workplace {
  readonly folder: string;
  /** Words that begin a training in the folder `run`. */
  readonly train: (run: string) => readonly string[];
  /** The uninterrupted training; done when it is first asked for. */
  readonly whole: () => Promise<WholeRun>;
}

/**
 * Makes a workplace in an empty folder.
 *
 * @param loci starts `loci <words>` there.
 */
export function makeWorkplace(
  folder: string,
  loci: (directory: string, words: readonly string[]) => RunningCommand,
): Workplace {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'variety.ts'), REWARD);
  writeFileSync(join(folder, CONFIG_FILE), CONFIG);
  const train = (run: string) => ['train', '--config', CONFIG_FILE, '--run', run];
  const trainWhole = async (): Promise<WholeRun> => {
    // The first run also makes the rooms, which would count in its time.
    await succeed(loci(folder, [...train(join(folder, 'first')), '--set', 'steps=1']));
    const run = join(folder, 'whole');
    return { folder: run, milliseconds: await succeed(loci(folder, train(run))) };
  };
  let whole: Promise<WholeRun> | undefined;
  return { folder, train, whole: () => (whole ??= trainWhole()) };
}

/** Waits for a command that must succeed. @returns How long it took, in ms. @throws LociError `drill-failed`. */
export async function succeed(command: RunningCommand): Promise<number> {
  const ended = await command.ended;
  if (ended.code === 0) return ended.milliseconds;
  throw new LociError('drill-failed', `A command without any disturbance failed: ${endOf(ended)}`);
}
