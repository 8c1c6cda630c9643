/** A whole run in memory: eight questions, a table for a policy, a reward for saying "B". Shared by the tests of runs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_RUN } from '../src/config/defaults.ts';
import { readConfig } from '../src/config/read-config.ts';
import { itemOfSample, sampleOfItem } from '../src/evaluate/items/items.ts';
import { definePlugin } from '../src/plugin/define-plugin.ts';
import { createRun } from '../src/run/create-run.ts';
import type { Run } from '../src/run/run.ts';
import type { AdvantageEstimator, AnyPlugin, Policy, Reward, Sample } from '../src/spec/index.ts';
import {
  fakeBenchmark,
  fakeDataset,
  fakeLogger,
  fakePolicy,
  fakeSample,
} from '../src/testing/index.ts';
import type { RunEvent, RunOutcome } from '../src/train/loop/events.ts';

export const WORDS = ['A', 'B', 'C', '<answer>', '</answer>', '?', ' '];

export function toySample(index: number, facts: Partial<Sample> = {}): Sample {
  return fakeSample({
    id: `sample-${index}`,
    problem: `${'?'.repeat(index + 1)}`,
    media: [{ kind: 'video', path: `/videos/scene-${index}.mp4` }],
    demonstration: '<answer>B</answer>',
    ...facts,
  });
}

const samples = Array.from({ length: 12 }, (_, index) => toySample(index));

const none = z.strictObject({});

export interface ToyParts {
  readonly policy?: () => Policy | Promise<Policy>;
  readonly samples?: readonly Sample[];
  readonly rewards?: Readonly<Record<string, Reward>>;
  readonly advantages?: Readonly<Record<string, AdvantageEstimator>>;
}

/** One point for each completion that says "B", none otherwise. */
export const saysB: Reward = {
  range: [0, 1],
  score: ({ completions }) =>
    completions.map(({ text }) => ({
      status: 'scored',
      value: text.startsWith('B') ? 1 : 0,
      parts: { parsed: text === '' ? 0 : 1 },
      reason: text.startsWith('B') ? 'says B' : 'does not say B',
    })),
};

export function toyPlugins(parts: ToyParts = {}): readonly AnyPlugin[] {
  const train = parts.samples ?? samples.slice(0, 8);
  const test = samples.slice(8);
  const description = 'for tests';
  const options = none;
  return [
    definePlugin({
      kind: 'policy',
      name: 'table',
      description,
      options,
      create: () =>
        parts.policy?.() ?? fakePolicy({ words: WORDS, contexts: 4, maxPromptTokens: 64 }),
    }),
    definePlugin({
      kind: 'dataset',
      name: 'toy',
      description,
      options,
      create: () => fakeDataset({ train, test }),
    }),
    definePlugin({
      kind: 'benchmark',
      name: 'toy',
      description,
      options,
      create: (_, { dataset, prompt }) => ({
        ...fakeBenchmark((_item, output) => ({
          score: output.includes('B') ? 1 : 0,
          normalised: output,
          measures: { length: output.length },
        })),
        async *items() {
          const source = await dataset!.open('test');
          for (let index = 0; index < source.size; index++) {
            yield itemOfSample(await source.at(index));
          }
        },
        render: (item) => prompt!.render(sampleOfItem(item)),
      }),
    }),
    definePlugin({
      kind: 'prompt',
      name: 'toy',
      description,
      options,
      create: () => ({
        render: ({ problem, media }) => [
          {
            role: 'user',
            parts: [
              ...media.map((medium) => ({ type: 'media' as const, media: medium })),
              { type: 'text', text: problem },
            ],
          },
        ],
      }),
    }),
    ...Object.entries(parts.rewards ?? { 'says-b': saysB }).map(([name, reward]) =>
      definePlugin({ kind: 'reward', name, description, options, create: () => reward }),
    ),
    ...Object.entries(parts.advantages ?? {}).map(([name, estimator]) =>
      definePlugin({ kind: 'advantage', name, description, options, create: () => estimator }),
    ),
  ];
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'loci-run-'));
}

/** A run of the toy parts; `set` as on the command line. */
export async function toyRun(
  runDirectory: string,
  set: readonly string[] = [],
  parts: ToyParts = {},
): Promise<{ readonly run: Run; readonly lines: readonly string[] }> {
  const logger = fakeLogger();
  const { config, origin } = readConfig({
    defaults: {
      ...DEFAULT_RUN,
      seed: 3,
      steps: 6,
      promptsPerStep: 4,
      evaluate: {
        every: 0,
        questions: 0,
        decoding: 'greedy',
        samples: 1,
        as: 'auto',
        batchSize: 2,
        controls: false,
        benchmarks: [],
      },
      checkpoint: { every: 2, keep: 0 },
      policy: { use: 'table' },
      dataset: { use: 'toy' },
      benchmark: { use: 'toy' },
      prompt: { use: 'toy' },
      sampler: { ...DEFAULT_RUN.sampler, completionsPerPrompt: 6, maxNewTokens: 4 },
      rewards: Object.keys(parts.rewards ?? { 'says-b': saysB }).map((use) => ({
        use,
        weight: 1,
        timeoutMs: 200,
        options: {},
      })),
      optimizer: { ...DEFAULT_RUN.optimizer, learningRate: 0.05, beta2: 0.999, maxGradNorm: 5 },
      schedule: { use: 'constant' },
    },
    set,
  });
  const run = await createRun({
    config,
    origin,
    plugins: toyPlugins(parts),
    baseDirectory: runDirectory,
    runDirectory,
    logger,
  });
  return { run, lines: logger.lines };
}

/** Trains the toy run and gives what it emitted. */
export async function trainToy(
  runDirectory: string,
  set: readonly string[] = [],
  parts: ToyParts = {},
  { resume = false, onEvent = (_event: RunEvent, _stop: () => void): void => undefined } = {},
): Promise<{
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly lines: readonly string[];
}> {
  const { run, lines } = await toyRun(runDirectory, set, parts);
  const events: RunEvent[] = [];
  try {
    const trainer = await run.trainer({ resume });
    trainer.events$.subscribe((event) => {
      events.push(event);
      onEvent(event, () => trainer.stop());
    });
    return { outcome: await trainer.run(), events, lines };
  } finally {
    await run.dispose();
  }
}

/** Metrics of the steps, in order. */
export function metricsOf(
  events: readonly RunEvent[],
): readonly Readonly<Record<string, number>>[] {
  return events.flatMap((event) => (event.type === 'step-end' ? [event.metrics] : []));
}
