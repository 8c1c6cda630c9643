/** One evaluation of a training run: the run's own benchmark, or a further one, in a folder of its own. */
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

/** A further benchmark with how much of it is evaluated. */
export interface TrainingBenchmark {
  readonly config: TrainingBenchmarkConfig;
  readonly items: number;
  readonly benchmark: Benchmark;
}

/** What an evaluation of a training run works with. */
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
  /** Whether the settings' controls are evaluated too. */
  readonly withControls: boolean;
  readonly rewards?: readonly RunReward[];
  /** Items of an earlier evaluation to compare with. */
  readonly before?: readonly JudgedRow[] | undefined;
  /** Folder of this evaluation; answers of the same weights that are there already are not generated again. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
}

/** What it found. */
export interface TrainingEvaluationResult {
  readonly report: EvaluationReport;
  /** Against the evaluation before, on the items of both. */
  readonly comparison?: MeanDifferences;
}

/** The seed of a run's evaluations: always the same questions and the same luck. */
export function evaluationSeed({ seed }: Pick<RunConfig, 'seed'>): number {
  return deriveSeed(seed, 'evaluate');
}

/**
 * Evaluates, and keeps answers and `report.json` in the folder. The control `swapped` is left out where all items show one video.
 *
 * @throws LociError `stopped` when the signal was raised, and those of `evaluate` and `EvaluationStore.open`.
 */
export async function evaluateInTraining(
  asked: TrainingEvaluation,
): Promise<TrainingEvaluationResult> {
  const { policy, config, step, benchmark, part, items, settings, signal, onProgress } = asked;
  const { sampling, samples, as } = settings;
  const seed = evaluationSeed(config);
  const record = evaluationRecord({
    config: { ...config, benchmark: part },
    ...{ benchmark, policy, items, sampling, samples, seed, as, step },
  });
  const store = EvaluationStore.open(asked.directory, record);
  try {
    const rows = await evaluate(policy, benchmark, items, {
      conditions: ['as-filmed', ...(asked.withControls ? controlsFor(settings, items) : [])],
      batchSize: config.evaluate.batchSize,
      ...{ sampling, samples, seed, signal },
      ...(as && { as }),
      takesSilence: true,
      wholeBatches: true,
      ...(asked.rewards && { rewards: asked.rewards }),
      earlier: store.earlier,
      keep: (lines) => store.keep(lines),
      ...(onProgress && { onProgress }),
    });
    const report = evaluationReport(benchmark, rows.values(), seed);
    const comparison =
      asked.before && compareMeans(asked.before, filmedItems(benchmark, rows.values()), seed);
    const result = { report, ...(comparison && { comparison }) };
    store.write('report.json', reportText({ record, facts: benchmark.facts, ...result }));
    store.finish();
    return result;
  } finally {
    store.close();
  }
}

/** The items as filmed that could be asked, judged by the first scorer. */
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

/** Names of benchmarks in their order, the second of one name with a number: `vsi-bench`, `vsi-bench-2`. */
export function benchmarkNames(benchmarks: readonly TrainingBenchmark[]): readonly string[] {
  const seen = new Map<string, number>();
  return benchmarks.map(({ benchmark: { name } }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}
