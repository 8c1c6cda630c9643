/** Evaluates from a script: runs the benchmark of a run, keeps every answer, and writes the report of the command line. */
import { resolve } from 'node:path';
import {
  EvaluationStore,
  LociError,
  canSwap,
  evaluate,
  evaluationRecord,
  evaluationReport,
  evaluationSettings,
  judgeModel,
  takeItems,
} from '@loci/core';
import type { EvaluationProgress, EvaluationRecord, EvaluationReport, Run } from '@loci/core';
import { askedPartOf } from '../evaluation/asked-part.ts';
import { writeEvaluationReport } from '../evaluation/write-evaluation-report.ts';

/** Options of an evaluation; `evaluate` in the run's config has the others. */
export interface EvaluateRunOptions {
  /** Folder of answers and report. An unfinished evaluation with the same settings in it is continued. */
  readonly directory: string;
  /** A run whose policy judges answers where no rule decides. */
  readonly judge?: Run;
  /** Whether an answer without text counts as a wrong answer, as in training; by default it counts as none. */
  readonly takesSilence?: boolean;
  /** Ends the evaluation with the error `stopped`; all answers are kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/** Result of an evaluation. */
export interface EvaluatedRun {
  readonly directory: string;
  readonly record: EvaluationRecord;
  readonly report: EvaluationReport;
  /** Path of the HTML page. */
  readonly page: string;
}

/**
 * Evaluates the policy of a run on its benchmark.
 *
 * @throws LociError of the data and the model; `nothing-to-evaluate`, `stopped`, `folder-in-use`, `disk-full`.
 * @example
 * const run = await openRun({ set: ['evaluate.questions=100'] });
 * const { report } = await evaluateRun(run, { directory: 'runs/evaluation' });
 * console.log(report.conditions['as-filmed']?.scorers[0]?.headline.value);
 */
export async function evaluateRun(run: Run, options: EvaluateRunOptions): Promise<EvaluatedRun> {
  const { config } = run;
  const { seed } = config;
  const directory = resolve(options.directory);
  const benchmark = await run.benchmark();
  const settings = evaluationSettings(config.evaluate, benchmark, run.sampler().parameters);
  const { questions, as, sampling, samples } = settings;
  if (questions === 0) {
    throw new LociError(
      'nothing-to-evaluate',
      'evaluate.questions is 0: set it to auto or a number',
    );
  }
  const items = await takeItems(benchmark, { questions, seed });
  const controls = settings.controls.filter((control) => control !== 'swapped' || canSwap(items));
  const policy = await run.policy();
  const { judge } = options;
  const record = evaluationRecord({
    ...{ config, benchmark, policy, items, sampling, samples, seed, as },
    judge: judge?.config.policy,
  });
  const store = EvaluationStore.open(directory, record);
  try {
    const rows = await evaluate(policy, benchmark, items, {
      conditions: ['as-filmed', ...controls],
      batchSize: config.evaluate.batchSize,
      ...{ sampling, samples, seed },
      ...(as && { as }),
      earlier: store.earlier,
      keep: (lines) => store.keep(lines),
      ...(options.signal && { signal: options.signal }),
      ...(options.onProgress && { onProgress: options.onProgress }),
      ...(options.takesSilence === true && { takesSilence: true }),
      ...(judge && { judge: judgeModel(await judge.policy()) }),
    });
    const report = evaluationReport(benchmark, rows.values(), seed);
    const asked = askedPartOf(rows, store.earlier);
    const page = await writeEvaluationReport(store, {
      ...{ record: store.record, facts: benchmark.facts, report },
      ...(asked && { asked }),
    });
    if (report.failed.length === 0) store.finish();
    return { directory, record: store.record, report, page };
  } finally {
    store.close();
  }
}
