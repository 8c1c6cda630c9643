/** A folder as a person has it before training: a tiny model, a reward of their own in TypeScript, a config. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from './tiny-model.ts';

/** A random model earns nothing with real rewards; this one always varies, so every step has a loss. */
const VARIETY = `definePlugin({
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
`;

const REWARD = `
import { definePlugin } from '@loci/core';
import { z } from 'zod';

export const variety = ${VARIETY}`;

/** The same in a form that is loaded as it is; Node.js needs a second to read TypeScript for the first time. */
const QUICK_REWARD = `
const { definePlugin } = require('@loci/core');
const { z } = require('zod');

exports.variety = ${VARIETY}`;

/** Words that put it in the place of the other one: the same losses in half the time, where the reward is not what is tested. */
export const QUICK = ['--set', 'rewards=[{ use: ./variety.cjs, isolate: false }]'] as const;

const CONFIG = `
steps: 3
promptsPerStep: 2
evaluate: { questions: 4, batchSize: 4 }
checkpoint: { every: 1, keep: 0 }
policy: { model: ./model, threads: 1 }
dataset: { folder: ./rooms, trainScenes: 4, testScenes: 3, height: 56, width: 84, seconds: 1 }
sampler: { completionsPerPrompt: 4, maxNewTokens: 12 }
rewards: [{ use: ./variety.ts }]
`;

/** Makes the folder. @param architecture of the model; `qwen2-5-vl` when left out. */
export async function makeWorkplace(architecture?: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'loci-workplace-'));
  await writeTinyModel(join(directory, 'model'), 11, architecture);
  writeFileSync(join(directory, 'variety.ts'), REWARD);
  writeFileSync(join(directory, 'variety.cjs'), QUICK_REWARD);
  writeFileSync(join(directory, 'tiny.yaml'), CONFIG);
  return directory;
}

/** One figure of every step that a run logged, by step. */
export function loggedFigure(run: string, metric: string): ReadonlyMap<number, number> {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Readonly<Record<string, number>>);
  return new Map(
    records.flatMap((record) =>
      record[metric] === undefined ? [] : [[record['step']!, record[metric]] as const],
    ),
  );
}
