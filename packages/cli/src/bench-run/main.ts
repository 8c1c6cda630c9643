/**
 * `nx run cli:bench-run [-- --steps 20 --questions 240]`: trains a frozen config, by default the default run of November 2026 (`--config`
 * names another), and prints steps per minute, the share of time by phase, and memory. Fewer steps and questions make it shorter.
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LociError } from '@loci/core';
import type { OnnxPolicySettings } from '@loci/backends/internal';
import type { AnyPlugin, PluginContext, Policy, RunEvent } from '@loci/core';
import { packagePlugins } from '../compose.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { errorText } from '../render/error-text.ts';
import { writeReport } from '../report/write-report.ts';
import { spareCollections } from '../spare-collections.ts';
import { userDirectory } from '../user-directory.ts';
import { momentOf } from './moments.ts';
import type { Moment } from './moments.ts';
import { takeMemory } from './memory-table.ts';
import { PeakMemory } from './peak-memory.ts';
import { runTimes } from './shares.ts';
import { figuresText } from './text.ts';
import type { RunFigures } from './text.ts';
import { BusyClock, timedPolicy } from './timed-policy.ts';

const FROZEN = resolve(import.meta.dirname, '../../../../configs/bench/default-2026-11.yaml');

/**
 * The plugins, with every policy timed by a clock.
 *
 * @param opened receives each policy.
 */
function timedPlugins(clock: BusyClock, opened: Policy[]): readonly AnyPlugin[] {
  return packagePlugins.map((plugin) => {
    if (plugin.kind !== 'policy') return plugin;
    const create = async (...made: Parameters<typeof plugin.create>) => {
      const policy =
        plugin.name === 'onnx' ? await notedPolicy(...made) : await plugin.create(...made);
      opened.push(policy);
      return timedPolicy(policy, clock);
    };
    return { ...plugin, create };
  });
}

/** The ONNX policy with a worker that notes the memory that each request adds. */
async function notedPolicy(options: unknown, context: PluginContext): Promise<Policy> {
  const { openOnnxPolicy, placeModelOptions } = await import('@loci/backends/internal');
  const settings = options as OnnxPolicySettings;
  return openOnnxPolicy({ ...placeModelOptions(settings, context), notes: {} });
}

/** The stage of the run that an event begins. */
function stageOf({ type }: Omit<Moment, 'at' | 'busy'>): string | undefined {
  if (type === 'pass') return 'evaluation';
  return type === 'step-start' ? 'training' : undefined;
}

/** A number of a flag. @throws LociError `bad-flag`. */
function countOf(flag: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const count = Number(given);
  if (Number.isInteger(count) && count > 0) return count;
  throw new LociError('bad-flag', `--${flag} must be a whole number above 0, not ${given}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: FROZEN },
      steps: { type: 'string' },
      questions: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      run: { type: 'string' },
    },
  });
  const io = { out: process.stdout, userDirectory: userDirectory() };
  const steps = countOf('steps', values.steps);
  const questions = countOf('questions', values.questions);
  const set =
    questions === undefined ? values.set : [...values.set, `evaluate.questions=${questions}`];
  const temporary = await mkdtemp(join(tmpdir(), 'loci-bench-run-'));
  const runDirectory = values.run === undefined ? join(temporary, 'run') : resolve(values.run);
  try {
    const whole = await wholeOf({ config: values.config, set: values.set }, io);
    const source = { config: values.config, set, ...(steps !== undefined && { steps }) };
    const figures = await timeRun(source, io, runDirectory, whole);
    process.stdout.write(`${figuresText(figures)}\n`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

type Source = Parameters<typeof openRun>[0];
type RunIo = Parameters<typeof openRun>[1];

/** Steps and questions of the whole run, by the config. */
async function wholeOf(source: Source, io: RunIo): Promise<RunFigures['whole']> {
  const run = await openRun(source, io, { logger: plainLogger(io, true) });
  const { steps, evaluate } = run.config;
  await run.dispose();
  if (typeof evaluate.questions === 'number') return { steps, questions: evaluate.questions };
  throw new LociError(
    'bad-config',
    `evaluate.questions must be a number, not ${evaluate.questions}, so that every condition has the same length: --set evaluate.questions=1200`,
  );
}

async function timeRun(
  source: Source,
  io: RunIo,
  runDirectory: string,
  whole: RunFigures['whole'],
): Promise<RunFigures> {
  const clock = new BusyClock();
  const memory = new PeakMemory('loading');
  const begun = performance.now();
  const moments: Moment[] = [{ at: 0, busy: 0, type: 'begin' }];
  const note = (event: RunEvent) => {
    const moment = momentOf(event);
    if (moment === undefined) return;
    moments.push({ at: (performance.now() - begun) / 1000, busy: clock.seconds, ...moment });
    const stage = stageOf(moment);
    if (stage !== undefined) memory.enter(stage);
  };
  const logger = plainLogger(io, true);
  const opened: Policy[] = [];
  const plugins = timedPlugins(clock, opened);
  const run = await openRun(source, io, { logger, runDirectory, plugins });
  try {
    const trainer = await run.trainer();
    trainer.events$.subscribe(note);
    await trainer.run();
    const [policy] = opened;
    const held = policy && (await takeMemory(policy));
    await policy?.dispose();
    memory.enter('report');
    const before = performance.now();
    await writeReport(runDirectory);
    const report = (performance.now() - before) / 1000;
    memory.stop();
    const peak = process.resourceUsage().maxRSS / 1024;
    const times = runTimes(moments);
    return { times, report, whole, peaks: memory.peaks, peak, ...(held && { held }) };
  } finally {
    memory.stop();
    await run.dispose();
  }
}

try {
  spareCollections();
  await main();
} catch (thrown) {
  process.stderr.write(`${errorText(thrown)}\n`);
  process.exitCode = 1;
}
