/** One evaluation in a training run, of the run's own benchmark or a further one, in a folder of its own. */
import type { PartConfig, RunConfig, TrainingBenchmarkConfig } from '../../config/run-config.ts';
import { deriveSeed } from '../../random/seed.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { Benchmark, BenchmarkItem, EvaluationCondition, Policy } from '../../spec/index.ts';
import { concernsItem } from '../items/conditions.ts';
import { askedItems, evaluationReport } from '../figures/evaluation-report.ts';
import type { EvaluationReport } from '../figures/evaluation-report.ts';
import { compareMeans } from '../figures/means.ts';
import type { MeanDifferences } from '../figures/means.ts';
import { reportText } from '../figures/report-file.ts';
import type { JudgedRow } from '../figures/verdicts.ts';
import { evaluationRecord } from '../store/evaluation-record.ts';
import { EvaluationStore } from '../store/evaluation-store.ts';
import type { PredictionRow } from '../store/predictions.ts';
import { canSwap, evaluate } from './evaluate.ts';
import type { EvaluationProgress } from './evaluate.ts';
import type { EvaluationSettings } from './evaluation-settings.ts';

/** A further benchmark and the number of its items to evaluate. */
export interface TrainingBenchmark {
  readonly config: TrainingBenchmarkConfig;
  readonly items: number;
  readonly benchmark: Benchmark;
}

/** The parts of an evaluation in a training run. */
export interface TrainingEvaluation {
  readonly policy: Policy;
  readonly config: RunConfig;
  /** Steps done. */
  readonly step: number;
  readonly benchmark: Benchmark;
  /** The benchmark in the config. */
  readonly part: PartConfig;
  readonly items: readonly BenchmarkItem[];
  readonly settings: EvaluationSettings;
  /** Whether to evaluate the settings' controls too. */
  readonly withControls: boolean;
  readonly rewards?: readonly RunReward[];
  /** Items of an earlier evaluation to compare with. */
  readonly before?: readonly JudgedRow[] | undefined;
  /** Folder of this evaluation. Answers of the same weights in it are not generated again. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
}

/** The result of an evaluation in a training run. */
export interface TrainingEvaluationResult {
  readonly report: EvaluationReport;
  /** Against the evaluation before, on the items of both. */
  readonly comparison?: MeanDifferences;
}

/** The seed of a run's evaluations. All of them draw the same questions and use the same random numbers. */
export function evaluationSeed({ seed }: Pick<RunConfig, 'seed'>): number {
  return deriveSeed(seed, 'evaluate');
}

/**
 * Evaluates, and stores answers and `report.json` in the folder. The control `swapped` is left out when all items show one video.
 *
 * @throws LociError `stopped` when the signal was raised, and those of `evaluate` and `EvaluationStore.open`.
 */
export async function evaluateInTraining(
  evaluation: TrainingEvaluation,
): Promise<TrainingEvaluationResult> {
  const { policy, config, step, benchmark, part, items, settings, signal, onProgress } = evaluation;
  const { directory, withControls, rewards, before } = evaluation;
  const { sampling, samples, as } = settings;
  const seed = evaluationSeed(config);
  const record = evaluationRecord({
    config: { ...config, benchmark: part },
    ...{ benchmark, policy, items, sampling, samples, seed, as, step },
  });
  const store = EvaluationStore.open(directory, record);
  try {
    const rows = await evaluate(policy, benchmark, items, {
      conditions: ['as-filmed', ...(withControls ? controlsFor(settings, items) : [])],
      batchSize: config.evaluate.batchSize,
      ...{ sampling, samples, seed, signal },
      ...(as && { as }),
      takesSilence: true,
      wholeBatches: true,
      ...(rewards && { rewards }),
      earlier: store.earlier,
      keep: (lines) => store.keep(lines),
      ...(onProgress && { onProgress }),
    });
    const report = evaluationReport(benchmark, rows.values(), seed);
    const comparison = before && compareMeans(before, filmedItems(benchmark, rows.values()), seed);
    const result = { report, ...(comparison && { comparison }) };
    store.write('report.json', reportText({ record, facts: benchmark.facts, ...result }));
    store.finish();
    return result;
  } finally {
    store.close();
  }
}

/** The items as filmed that were not skipped, judged by the first scorer. */
export function filmedItems(
  { scorers }: Pick<Benchmark, 'scorers'>,
  rows: Iterable<PredictionRow>,
): readonly JudgedRow[] {
  return askedItems(
    scorers[0],
    [...rows].filter(({ condition }) => condition === 'as-filmed'),
  );
}

function controlsFor(
  { controls }: EvaluationSettings,
  items: readonly BenchmarkItem[],
): readonly EvaluationCondition[] {
  return controls.filter(
    (condition) =>
      items.some((item) => concernsItem(condition, item)) &&
      (condition !== 'swapped' || canSwap(items)),
  );
}

/** Names of benchmarks in their order. Repeated names get a number: `vsi-bench`, `vsi-bench-2`. */
export function benchmarkNames(benchmarks: readonly TrainingBenchmark[]): readonly string[] {
  const seen = new Map<string, number>();
  return benchmarks.map(({ benchmark: { name } }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}
