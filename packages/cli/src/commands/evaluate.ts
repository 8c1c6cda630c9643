/** Asks a benchmark of a model, keeps every answer, and reports all scorers side by side. */
import { join } from 'node:path';
import {
  EvaluationStore,
  FolderLock,
  LociError,
  benchmarkReport,
  evaluationPlan,
  findUnfinished,
  greedySampling,
  judgeModel,
  runBenchmark,
} from '@loci/core';
import type {
  Benchmark,
  EvaluationPass,
  EvaluationPlan,
  JudgeModel,
  Logger,
  PartConfig,
  Run,
  RunConfig,
  SamplingParameters,
} from '@loci/core';
import { ALL_QUESTION_KINDS } from '@loci/datasets';
import { z } from 'zod';
import { bundledPlugins } from '../compose.ts';
import { askedPartOf } from '../evaluation/asked-part.ts';
import { compareEvaluations } from '../evaluation/compare-evaluations.ts';
import { policyOverrides } from '../evaluation/policy-flag.ts';
import { reportText } from '../evaluation/report-text.ts';
import { rescoreEvaluation } from '../evaluation/rescore-evaluation.ts';
import { writeEvaluationReport } from '../evaluation/write-evaluation-report.ts';
import type { EvaluateFlags } from '../flags.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { nextRunDirectory, resolveUserPath } from '../paths.ts';
import { PASS_TITLES } from '../render/evaluation-rows.ts';
import { createProgress } from '../render/progress.ts';
import type { Progress } from '../render/progress.ts';
import { READ_FOR_QUESTIONS, unusedSettings } from '../unused-settings.ts';
import { outFolder } from '../written-paths.ts';

/** What is asked when nothing is said: every kind of question about a few rooms, as VSI-Bench has them. */
const DEMONSTRATION: readonly string[] = [
  'benchmark={use: vsi-rooms}',
  `dataset.kinds=${JSON.stringify(ALL_QUESTION_KINDS)}`,
  'dataset.testScenes=80',
  'dataset.questionsPerScene=4',
];

const LOOKING: readonly EvaluationPass[] = ['blank', 'shuffled', 'first-frame'];

/**
 * Evaluates, compares two evaluations, or scores a kept one again, as the flags say.
 *
 * @throws LociError of the config, the data or the model; `stopped` after Ctrl-C, naming the folder where all answers are kept.
 */
export async function evaluate(flags: EvaluateFlags, io: Io): Promise<void> {
  if (flags.file !== undefined && flags.compare === undefined) {
    throw new LociError(
      'flag-misplaced',
      '--file is the page of --compare: leave it out, or name the folder of answers and report with --out',
    );
  }
  if (flags.compare !== undefined) return compareEvaluations(flags.compare, flags, io);
  if (flags.rescore !== undefined) return rescoreEvaluation(flags.rescore, io);
  const progress = createProgress(io.out, flags.quiet === true);
  const source = { ...flags, set: settingsOf(flags, io) };
  const logger: Logger = {
    info: (message) => (flags.quiet === true ? undefined : progress.line(message)),
    warn: (message) => progress.line(`warning: ${message}`),
  };
  const run = await openRun(source, io, { logger }, (config) =>
    promptForModel(config, flags, logger),
  );
  const further = readsData(run.config.benchmark.use) ? [] : READ_FOR_QUESTIONS;
  for (const line of unusedSettings('evaluate', flags.set, further)) logger.warn(line);
  const judging =
    flags.judge === undefined
      ? undefined
      : await openRun({ set: policyOverrides(flags.judge, io.userDirectory) }, io, { logger });
  try {
    const judge = judging && {
      part: judging.config.policy,
      model: judgeModel(await judging.policy()),
    };
    await ask(run, { ...flags, ...(judge && { judgedBy: judge }) }, io, progress);
  } finally {
    progress.stop();
    await run.dispose();
    await judging?.dispose();
  }
}

interface Asking extends EvaluateFlags {
  readonly judgedBy?: { readonly part: PartConfig; readonly model: JudgeModel };
}

async function ask(run: Run, flags: Asking, io: Io, progress: Progress): Promise<void> {
  const { config } = run;
  // Folders are checked before a model is loaded.
  const benchmark = await run.benchmark();
  if (flags.out !== undefined) FolderLock.assertFree(outFolder(flags.out, io.userDirectory));
  const policy = await run.policy();
  const sampling = await samplingOf(run, benchmark.setup.maxNewTokens, flags);
  await checkItems(benchmark, flags, progress);
  const asked = evaluationPlan(config, benchmark, policy, sampling, flags.judgedBy?.part);
  const store = openStore(asked, benchmark, flags, io, progress);
  const { directory, plan } = store;
  const interrupt = listenForInterrupt(() => progress.line('stopping (again to leave at once)'));
  try {
    progress.line(`${policy.capabilities.description}; answers are kept in ${directory}`);
    const rows = await runBenchmark(policy, benchmark, {
      passes: ['as-filmed', ...(flags.look === true ? LOOKING : [])],
      batchSize: config.evaluate.batchSize,
      sampling,
      seed: config.seed,
      earlier: store.earlier,
      keep: (lines) => store.keep(lines),
      signal: interrupt.signal,
      onProgress: ({ pass, done, total }) =>
        progress.update('asked', done, total, PASS_TITLES[pass]),
      ...(flags.items !== undefined && { items: flags.items }),
      ...(flags.judgedBy && { judge: flags.judgedBy.model }),
    });
    progress.stop();
    const report = benchmarkReport(benchmark, rows.values(), config.seed);
    const part = askedPartOf(rows, store.earlier);
    const reported = { plan, facts: benchmark.facts, report, ...(part && { asked: part }) };
    print(io, `\n${reportText(reported)}\n`);
    print(io, `report  ${writeEvaluationReport(store, reported)}`);
    if (report.failed.length === 0) store.finish();
  } catch (thrown) {
    throw LociError.is(thrown) && thrown.code === 'stopped' ? stoppedIn(directory) : thrown;
  } finally {
    interrupt.dispose();
    store.close();
  }
}

/** Reads the items before anything is paid for, and says what will not be asked. */
async function checkItems(benchmark: Benchmark, flags: Asking, progress: Progress): Promise<void> {
  const missing: string[] = [];
  let count = 0;
  let videos = 0;
  for await (const item of benchmark.items()) {
    count++;
    if (item.media.some(({ kind }) => kind === 'video')) videos++;
    if (item.missing !== undefined) missing.push(item.missing);
  }
  if (missing.length > 0) {
    progress.line(
      `warning: ${missing.length} of ${count} items cannot be asked, and count as wrong where scorers say so: ${missing[0]}`,
    );
  }
  if (flags.look === true && videos === 0) {
    progress.line(
      `warning: no item of ${benchmark.name} has a video, so --look asks with black pictures alone`,
    );
  }
  if (flags.items !== undefined && flags.items > count) {
    progress.line(
      `warning: ${benchmark.name} has ${count} items, fewer than --items ${flags.items}`,
    );
  }
  if (flags.judgedBy && benchmark.judgePrompt === undefined) {
    progress.line(`warning: rules decide all of ${benchmark.name}: the judge is not asked`);
  }
}

/** Folders that are tried before the holder of the last one is named. */
const MOST_FOLDERS = 20;

/**
 * The folder that was named, else that of the same command when it did not come to its end, else a new one. A new one that another process
 * takes at the same moment is left to it.
 */
function openStore(
  plan: EvaluationPlan,
  benchmark: Benchmark,
  { out }: Asking,
  { userDirectory }: Io,
  progress: Progress,
): EvaluationStore {
  if (out !== undefined) return EvaluationStore.open(outFolder(out, userDirectory), plan);
  const root = join(userDirectory, 'runs', benchmark.name);
  for (let attempt = 1; ; attempt++) {
    const unfinished = findUnfinished(root, plan);
    try {
      const directory = unfinished ?? nextRunDirectory(root, new Date());
      const store = EvaluationStore.open(directory, plan);
      if (unfinished !== undefined) {
        progress.line(`goes on with the answers in ${unfinished} (--out takes another folder)`);
      }
      return store;
    } catch (thrown) {
      const isTaken = LociError.is(thrown) && thrown.code === 'folder-in-use';
      if (!isTaken || attempt === MOST_FOLDERS) throw thrown;
    }
  }
}

function stoppedIn(directory: string): LociError {
  return new LociError(
    'stopped',
    `Stopped before the end, as asked. The answers are kept in ${directory}: the same command goes on from there`,
  );
}

/** Greedy, as benchmarks are asked, with as many tokens as the benchmark's answers need. */
async function samplingOf(
  run: Run,
  needed: number | undefined,
  flags: EvaluateFlags,
): Promise<SamplingParameters> {
  const { parameters } = await run.sampler();
  return greedySampling(flags.maxNewTokens ?? needed ?? parameters.maxNewTokens);
}

function settingsOf(flags: EvaluateFlags, io: Io): readonly string[] {
  const { benchmark, data, prompt, policy } = flags;
  checkBenchmarkFlags(flags);
  return [
    ...(isDemonstration(flags) ? DEMONSTRATION : []),
    ...(benchmark === undefined ? [] : [`benchmark=${JSON.stringify({ use: benchmark })}`]),
    ...(data === undefined
      ? []
      : [`benchmark.data=${JSON.stringify(resolveUserPath(data, io.userDirectory))}`]),
    ...(prompt === undefined ? [] : [`benchmark.prompt=${JSON.stringify(prompt)}`]),
    ...(policy === undefined ? [] : policyOverrides(policy, io.userDirectory)),
    ...flags.set,
  ];
}

/** One name means one set of questions, whether the flag is given or its default counts. */
function isDemonstration({ benchmark, config }: EvaluateFlags): boolean {
  return config === undefined && (benchmark === undefined || benchmark === 'vsi-rooms');
}

/** Benchmarks that are asked with the prompt of the run. */
const ASKED_BY_PROMPT: readonly string[] = ['spatial-qa', 'vsi-rooms'];

/** The prompt of the start model is terse, because that model knows no other. A model behind a server is asked in words instead. */
function promptForModel(config: RunConfig, flags: EvaluateFlags, logger: Logger): RunConfig {
  const isChosen = flags.config !== undefined || flags.set.some((one) => /^prompt\b/u.test(one));
  if (!ASKED_BY_PROMPT.includes(config.benchmark.use)) return config;
  if (isChosen || config.policy.use !== 'openai' || config.prompt.use !== 'compact') return config;
  logger.info(
    'questions of the dataset are asked with the prompt map-imagination; --set prompt=compact asks them barely, as the start model is asked',
  );
  return { ...config, prompt: { use: 'map-imagination' } };
}

/** The commonest slips, before the config speaks of keys that nobody typed. */
function checkBenchmarkFlags({ benchmark, config, data, prompt, set }: EvaluateFlags): void {
  const isSet = (key: string) => set.some((one) => one.startsWith(key));
  const named = benchmark !== undefined || config !== undefined || isSet('benchmark');
  if (!named && (data !== undefined || prompt !== undefined)) {
    throw new LociError(
      'benchmark-unnamed',
      `${data === undefined ? '--prompt' : '--data'} belongs to a benchmark: name it with --benchmark vsi-bench, for instance`,
    );
  }
  if (
    benchmark !== undefined &&
    readsData(benchmark) &&
    data === undefined &&
    config === undefined &&
    !isSet('benchmark')
  ) {
    throw new LociError(
      'benchmark-data',
      `${benchmark} is read from a folder: give it with --data DIR (docs/benchmarks.md says how to get it)`,
    );
  }
}

/** Whether a bundled benchmark reads a folder of its own, instead of the dataset of the config. */
function readsData(benchmark: string): boolean {
  const plugin = bundledPlugins.find(
    ({ kind, name }) => kind === 'benchmark' && name === benchmark,
  );
  return plugin?.options instanceof z.ZodObject && 'data' in plugin.options.shape;
}
