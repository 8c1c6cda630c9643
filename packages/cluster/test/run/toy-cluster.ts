/** A run that trains on a cluster of ours with a small engine of ours, as a program would compose it. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRun, definePlugin, readConfig } from '@loci/core';
import type { AnyPlugin, Run, RunEvent, RunOutcome, Trainer } from '@loci/core';
import { fakeDataset, fakeLogger, fakeSample } from '@loci/core/testing';
import { z } from 'zod';
import type { EngineReader } from '../../src/job.ts';
import { placeOptions, rayOptions } from '../../src/options.ts';
import type { StartRewardServer } from '../../src/ports.ts';
import type { ClusterEngine } from '../../src/run/engine.ts';
import { openClusterTrainer } from '../../src/run/open-trainer.ts';

const JOB = join(import.meta.dirname, 'toy-job.mjs');

/** What the toy is asked for, beside the options of every cluster. */
export interface ToySettings {
  readonly steps?: number;
  readonly stepMs?: number;
  readonly failsAt?: number;
  readonly diesAt?: number;
  readonly sharded?: boolean;
  /** Waits before this step until `letGo`. */
  readonly holdsAt?: number;
  readonly rows?: number;
  /** Writes no metrics file. */
  readonly consoleOnly?: boolean;
  readonly storageHere?: false;
  readonly onProcess?: boolean;
}

/** One place with its storage, where runs are made again and again. */
export interface ToyPlace {
  readonly folder: string;
  readonly runDirectory: string;
  /** One sign for each time that the job ran. */
  readonly starts: string;
}

export function toyPlace(): ToyPlace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loci-toy-cluster-')));
  return { folder, runDirectory: join(folder, 'run'), starts: join(folder, 'starts') };
}

export function startsOf({ starts }: ToyPlace): number {
  return existsSync(starts) ? readFileSync(starts, 'utf8').length : 0;
}

const reader: EngineReader = {
  metricsLine: (text) => stepOf(text),
  consoleLine: (text) => (text.startsWith('step ') ? stepOf(text.slice(5)) : undefined),
  rolloutLine: () => undefined,
  loadedRows(text) {
    const [, count] = /^loaded (\d+) train rows$/u.exec(text) ?? [];
    return count === undefined ? undefined : { split: 'train', count: Number(count) };
  },
  async latestCheckpoint(folder) {
    if (!existsSync(folder)) return undefined;
    const steps = readdirSync(folder).map((name) => Number(name.replace('step-', '')));
    const step = Math.max(0, ...steps);
    return step === 0 ? undefined : { step, directory: join(folder, `step-${step}`) };
  },
  async modelFolder({ directory }) {
    const model = join(directory, 'model');
    return existsSync(model) ? model : undefined;
  },
  mergeEntrypoint: (from, to) =>
    `test -d ${from}/shards && mkdir -p ${to} && echo '{}' >${to}/config.json`,
};

function stepOf(text: string) {
  try {
    const { step, data } = JSON.parse(text) as { step: number; data: Record<string, number> };
    return { step, values: data };
  } catch {
    return undefined;
  }
}

function toyEngine({ folder, starts }: ToyPlace, settings: ToySettings): ClusterEngine {
  const { steps = 4, rows, stepMs, failsAt, diesAt, sharded, consoleOnly, holdsAt } = settings;
  const gate = join(folder, 'go');
  return {
    name: 'verl',
    version: 'toy',
    reader,
    check: async () => undefined,
    async makeJob({ name, attempt }) {
      const root = join(folder, 'storage', name);
      const checkpoints = join(root, 'checkpoints');
      const metrics = consoleOnly === true ? undefined : join(root, `metrics-${attempt}.jsonl`);
      const faults = { failsAt, diesAt, sharded, holdsAt, gate };
      const asked = { steps, checkpoints, metrics, stepMs, rows, starts, ...faults };
      return {
        ...{ engine: 'verl', engineVersion: 'toy', environment: {}, settings: [], departures: [] },
        entrypoint: `${process.execPath} ${JOB} '${JSON.stringify(asked)}'`,
        files: new Map([['config.json', Buffer.from('{}')]]),
        outputs: { checkpoints, ...(metrics !== undefined && { metrics }) },
        rows: { train: 'rows', trainCount: 4, validationCount: 0, longestPrompt: 10, leftOut: [] },
        totalSteps: steps,
      };
    },
  };
}

/** Answers everything, and ends with who started it where that did not release it. */
const SERVER = `
let released = false;
process.stdin.on('data', () => (released = true)).on('close', () => released || process.exit());
require('http').createServer((request, response) => response.end('{}')).listen(PORT, 'HOST', function () {
  console.log(String(this.address().port));
});
`;

/** Starts it in a process of its own. */
const startServer: StartRewardServer = async ({ host, port }) => {
  const code = SERVER.replace('PORT', String(port)).replace('HOST', host);
  const child = spawn(process.execPath, ['-e', code], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const taken = await new Promise<number>((resolve) =>
    child.stdout.once('data', (text: Buffer) => resolve(Number(text))),
  );
  child.stdout.destroy();
  child.unref();
  const release = (): void => void child.stdin.end('released');
  return { url: `http://${host}:${taken}`, pid: child.pid!, release };
};

function toyTrainer(place: ToyPlace, settings: ToySettings): AnyPlugin {
  return definePlugin({
    kind: 'trainer',
    name: 'toy-cluster',
    description: 'Trains on a cluster of a test.',
    options: z.strictObject({ ...rayOptions, ...placeOptions }),
    create: (options, { run }) =>
      openClusterTrainer({
        run: run!,
        engine: toyEngine(place, settings),
        ray: settings.onProcess === true ? undefined : options,
        place: options,
        startServer,
        preflight: () => ({ check: async () => undefined }),
        rollouts: { of: () => ({ text: '', values: {} }), skip: () => undefined, consumed: 0 },
      }),
  });
}

/** A run of it that has been opened. */
export interface ToyRun {
  readonly run: Run;
  readonly trainer: Trainer;
  readonly events: readonly RunEvent[];
  readonly lines: readonly string[];
  /** Trains to the end and closes the run. */
  train(): Promise<RunOutcome>;
}

export async function openToyRun(
  place: ToyPlace,
  address: string,
  settings: ToySettings = {},
  resume = false,
): Promise<ToyRun> {
  const { config } = readConfig({});
  const logger = fakeLogger();
  const none = z.strictObject({});
  const dataset = definePlugin({
    kind: 'dataset',
    name: 'toy',
    description: 'For tests.',
    options: none,
    create: () => fakeDataset({ train: [fakeSample()], test: [fakeSample()] }),
  });
  const policy = definePlugin({
    kind: 'policy',
    name: 'toy',
    description: 'For tests.',
    options: none,
    create: () => {
      throw new Error('the model was loaded');
    },
  });
  const benchmark = definePlugin({
    kind: 'benchmark',
    name: 'toy',
    description: 'For tests.',
    options: none,
    create: () => {
      throw new Error('the benchmark was made');
    },
  });
  const prompt = definePlugin({
    kind: 'prompt',
    name: 'toy',
    description: 'For tests.',
    options: none,
    create: () => {
      throw new Error('the prompt was made');
    },
  });
  const trainer = {
    use: 'toy-cluster',
    ...{ address, pollMs: 20, patienceMs: 3000, storage: join(place.folder, 'storage') },
    ...(settings.storageHere === false && { storageHere: false }),
  };
  const part = { use: 'toy' };
  const run = await createRun({
    config: {
      ...{ ...config, trainer, dataset: part, policy: part, benchmark: part, prompt: part },
      ...{ steps: settings.steps ?? 4, rewards: [], sinks: [{ use: 'jsonl' }] },
    },
    plugins: [toyTrainer(place, settings), dataset, policy, benchmark, prompt],
    baseDirectory: place.folder,
    runDirectory: place.runDirectory,
    logger,
  });
  const events: RunEvent[] = [];
  try {
    const made = await run.trainer({ resume });
    made.events$.subscribe((event) => events.push(event));
    const train = async (): Promise<RunOutcome> => {
      try {
        return await made.run();
      } finally {
        await run.dispose();
      }
    };
    return { run, trainer: made, events, lines: logger.lines, train };
  } catch (thrown) {
    await run.dispose();
    throw thrown;
  }
}

/** Steps in `metrics.jsonl` with the step that their job went on from. */
export function metricsOf({ runDirectory }: ToyPlace): readonly { step: number; from: number }[] {
  return readFileSync(join(runDirectory, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; from: number })
    .map(({ step, from }) => ({ step, from }));
}

/** Lets the job go on that waits. */
export function letGo({ folder }: ToyPlace): void {
  writeFileSync(join(folder, 'go'), '');
}
