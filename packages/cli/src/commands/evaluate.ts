/** Evaluates a model on a benchmark, keeps every answer, and reports all scorers side by side. */
import {
  FolderLock,
  LociError,
  canSwap,
  evaluate as evaluateItems,
  evaluationRecord,
  evaluationReport,
  evaluationSettings,
  judgeModel,
  takeItems,
} from '@loci/core';
import type {
  Benchmark,
  BenchmarkItem,
  EvaluationCondition,
  EvaluationSettings,
  Logger,
  PartConfig,
  Policy,
  Run,
  RunConfig,
} from '@loci/core';
import { ALL_QUESTION_KINDS } from '@loci/datasets';
import { askedPartOf } from '../evaluation/asked-part.ts';
import { compareEvaluations } from '../evaluation/compare-evaluations.ts';
import { bringsOf, readsData, typedData } from '../evaluation/benchmark-data.ts';
import { openAnswers, stoppedIn } from '../evaluation/open-answers.ts';
import { policyOverrides } from '../evaluation/policy-flag.ts';
import { terminalReport } from '../evaluation/report-text.ts';
import { rescoreEvaluation } from '../evaluation/rescore-evaluation.ts';
import { planSpending, stoppedByBudget } from '../evaluation/spending.ts';
import { warnOfItems } from '../evaluation/warn-of-items.ts';
import { resultOf, writeEvaluationReport } from '../evaluation/write-evaluation-report.ts';
import type { EvaluateFlags } from '../flags.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { CONDITION_TITLES } from '../render/evaluation-rows.ts';
import { engineLines, isVerbose } from '../render/engine-text.ts';
import { createProgress } from '../render/progress.ts';
import type { Progress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { tableWidth } from '../render/terminal.ts';
import { READ_FOR_QUESTIONS, unusedSettings } from '../unused-settings.ts';
import { outFolder } from '../written-paths.ts';

/** The default evaluation: every kind of question about a few generated rooms, in the form of VSI-Bench. */
const DEMONSTRATION: readonly string[] = [
  'benchmark={use: vsi-rooms}',
  `dataset.kinds=${JSON.stringify(ALL_QUESTION_KINDS)}`,
  'dataset.testScenes=80',
  'dataset.questionsPerScene=4',
];

const LOOKING: readonly EvaluationCondition[] = ['blank', 'shuffled', 'first-frame'];

/**
 * Evaluates, compares two evaluations, or scores a stored one again, depending on the flags.
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
  const logger = progressLogger(progress, io.out, flags.quiet === true);
  const brings = bringsOf(source, io);
  const run = await openRun(source, io, { logger, brings }, (config) =>
    promptForModel(config, flags, logger),
  );
  const { decoding, samples } = run.config.evaluate;
  const isDrawn = decoding === 'sampled' || (decoding === 'auto' && samples > 1);
  const further = [
    ...(readsData(run.config.benchmark.use) ? [] : READ_FOR_QUESTIONS),
    ...(isDrawn ? ['sampler'] : []),
  ];
  for (const line of unusedSettings('evaluate', flags.set, further)) logger.warn(line);
  const judging =
    flags.judge === undefined
      ? undefined
      : await openRun({ set: policyOverrides(flags.judge, io.userDirectory) }, io, {
          logger,
          brings: ['policy'],
        });
  try {
    const judge = judging && {
      part: judging.config.policy,
      policy: await judging.policy(),
    };
    await ask(run, { ...flags, ...(judge && { judgedBy: judge }) }, io, progress);
  } finally {
    progress.stop();
    await run.dispose();
    await judging?.dispose();
  }
}

interface Asking extends EvaluateFlags {
  readonly judgedBy?: { readonly part: PartConfig; readonly policy: Policy };
}

async function ask(run: Run, flags: Asking, io: Io, progress: Progress): Promise<void> {
  const { config } = run;
  const { seed } = config;
  // Checks folders and items before loading the model.
  const benchmark = await run.benchmark();
  if (flags.out !== undefined) FolderLock.assertFree(outFolder(flags.out, io.userDirectory));
  const settings = settingsFor(run, benchmark, flags);
  const { questions, as, sampling, samples } = settings;
  const items = await takeItems(benchmark, { questions, seed });
  warnOfItems(benchmark, items, flags, progress);
  const controls = possibleControls(settings, items, progress);
  const policy = await run.policy();
  const asked = evaluationRecord({
    ...{ config, benchmark, policy, items, sampling, samples, seed, as },
    judge: flags.judgedBy?.part,
  });
  const store = openAnswers(asked, benchmark, flags, io, progress);
  const { directory, record } = store;
  const interrupt = listenForInterrupt(() => progress.line('stopping (again to leave at once)'));
  try {
    for (const line of engineLines(policy.capabilities, isVerbose(flags))) progress.line(line);
    progress.line(`answers are kept in ${directory}`);
    const conditions = ['as-filmed', ...controls] as const;
    const spending = await planSpending({
      ...{ policy, benchmark, items, conditions, samples, seed },
      ...{ ...(as && { as }), maxNewTokens: sampling.maxNewTokens, earlier: store.earlier },
      ...{ budget: flags.budget, judge: flags.judgedBy?.policy },
    });
    for (const line of spending.lines) progress.line(line);
    const rows = await evaluateItems(policy, benchmark, items, {
      batchSize: config.evaluate.batchSize,
      ...{ conditions, sampling, samples, seed, spending: spending.watch },
      ...(as && { as }),
      earlier: store.earlier,
      keep: (lines) => store.keep(lines),
      signal: interrupt.signal,
      onProgress: ({ condition, done, total }) =>
        progress.update('asked', done, total, CONDITION_TITLES[condition]),
      ...(flags.judgedBy && { judge: judgeModel(flags.judgedBy.policy) }),
    });
    progress.stop();
    const ended = stoppedByBudget(spending.watch, rows, directory);
    const report = evaluationReport(benchmark, rows.values(), seed);
    const part = askedPartOf(rows, store.earlier);
    const reported = { record, facts: benchmark.facts, report, ...(part && { asked: part }) };
    print(io, `\n${terminalReport(reported, tableWidth(io.out))}\n`);
    const page = await writeEvaluationReport(store, reported);
    io.result?.({ directory, page, ...resultOf(reported) });
    print(io, `report  ${page}`);
    if (ended !== undefined) print(io, ended);
    else if (report.failed.length === 0) store.finish();
  } catch (thrown) {
    throw LociError.is(thrown) && thrown.code === 'stopped' ? stoppedIn(directory) : thrown;
  } finally {
    interrupt.dispose();
    store.close();
  }
}

/** The settings of `evaluate` in the config, as training reads them, with the length of answers of the flag. */
function settingsFor(
  run: Run,
  benchmark: Benchmark,
  { maxNewTokens }: EvaluateFlags,
): EvaluationSettings {
  const { parameters } = run.sampler();
  const settings = evaluationSettings(run.config.evaluate, benchmark, parameters);
  if (settings.questions === 0) {
    throw new LociError(
      'nothing-to-evaluate',
      'evaluate.questions is 0, which switches evaluation off: give --items N, or --set evaluate.questions=auto for the usual number',
    );
  }
  if (maxNewTokens === undefined) return settings;
  return { ...settings, sampling: { ...settings.sampling, maxNewTokens } };
}

/** The controls of the settings, without `swapped` where all items have the same video. */
function possibleControls(
  { controls }: EvaluationSettings,
  items: readonly BenchmarkItem[],
  progress: Progress,
): readonly EvaluationCondition[] {
  if (!controls.includes('swapped') || canSwap(items)) return controls;
  progress.line('warning: all items have the same video, so the condition "swapped" is left out');
  return controls.filter((condition) => condition !== 'swapped');
}

function settingsOf(flags: EvaluateFlags, io: Io): readonly string[] {
  const { benchmark, data, prompt, policy, items, samples, as, look } = flags;
  checkBenchmarkFlags(flags);
  return [
    ...(isDemonstration(flags) ? DEMONSTRATION : []),
    ...(benchmark === undefined ? [] : [`benchmark=${JSON.stringify({ use: benchmark })}`]),
    ...(data === undefined
      ? []
      : [`benchmark.data=${JSON.stringify(typedData(data, io.userDirectory))}`]),
    ...(prompt === undefined ? [] : [`benchmark.prompt=${JSON.stringify(prompt)}`]),
    ...(policy === undefined ? [] : policyOverrides(policy, io.userDirectory)),
    ...(items === undefined ? [] : [`evaluate.questions=${items}`]),
    ...(samples === undefined ? [] : [`evaluate.samples=${samples}`]),
    ...(as === undefined ? [] : [`evaluate.as=${as}`]),
    ...(look === true ? [`evaluate.controls=${JSON.stringify(LOOKING)}`] : []),
    ...flags.set,
  ];
}

/** Whether the default evaluation is meant, by default or by name. */
function isDemonstration({ benchmark, config }: EvaluateFlags): boolean {
  return config === undefined && (benchmark === undefined || benchmark === 'vsi-rooms');
}

/** Benchmarks that use the prompt of the run. */
const WITH_RUN_PROMPT: readonly string[] = ['spatial-qa', 'vsi-rooms'];

/** Changes the prompt for a model behind a server: the default prompt is terse, since the start model knows no other. */
function promptForModel(config: RunConfig, flags: EvaluateFlags, logger: Logger): RunConfig {
  const isChosen = flags.config !== undefined || flags.set.some((one) => /^prompt\b/u.test(one));
  if (!WITH_RUN_PROMPT.includes(config.benchmark.use)) return config;
  if (isChosen || config.policy.use !== 'openai' || config.prompt.use !== 'compact') return config;
  logger.info(
    'using the prompt map-imagination for questions of the dataset; --set prompt=compact uses the terse one of the start model',
  );
  return { ...config, prompt: { use: 'map-imagination' } };
}

/** Reports the most common mistakes with flags, before the config reports keys that nobody typed. */
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
      `${benchmark} is read from a folder: name it with --data DIR (docs/benchmark-data.md explains how to get it)`,
    );
  }
}
