/** A benchmark that a training run asks beside its own: a sample of its items before, during and after. */
import type { RunConfig, TrainingBenchmarkConfig } from '../config/run-config.ts';
import { deriveSeed } from '../random/seed.ts';
import { greedySampling } from '../rollout/greedy-sampling.ts';
import type { Benchmark, Policy } from '../spec/index.ts';
import { benchmarkReport } from './benchmark-report.ts';
import type { BenchmarkReport } from './benchmark-report.ts';
import { evaluationPlan } from './evaluation-plan.ts';
import { EvaluationStore } from './evaluation-store.ts';
import { runBenchmark } from './run-benchmark.ts';
import type { BenchmarkProgress } from './run-benchmark.ts';

/** A benchmark with how much of it is asked. */
export interface TrainingBenchmark {
  readonly config: TrainingBenchmarkConfig;
  readonly items: number;
  readonly benchmark: Benchmark;
}

/** What asking it works with. */
export interface TrainingBenchmarkRequest {
  readonly policy: Policy;
  readonly config: RunConfig;
  /** Folder of this evaluation; answers of the same weights that are there already are not asked again. */
  readonly directory: string;
  /** Tokens of an answer where the benchmark does not say. */
  readonly maxNewTokens: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BenchmarkProgress) => void;
}

/**
 * Asks the same sample of items each time, greedily, and keeps answers and `report.json` in the folder.
 *
 * @throws LociError `stopped` when the signal was raised, and those of `runBenchmark`.
 */
export async function askTrainingBenchmark(
  { benchmark, items, config: part }: TrainingBenchmark,
  { policy, config, directory, maxNewTokens, signal, onProgress }: TrainingBenchmarkRequest,
): Promise<BenchmarkReport> {
  const sampling = greedySampling(benchmark.setup.maxNewTokens ?? maxNewTokens);
  const plan = evaluationPlan(
    { ...config, benchmark: part, seed: deriveSeed(config.seed, 'evaluate') },
    benchmark,
    policy,
    sampling,
  );
  const store = EvaluationStore.open(directory, plan);
  try {
    const rows = await runBenchmark(policy, benchmark, {
      items,
      passes: ['as-filmed'],
      batchSize: config.evaluate.batchSize,
      sampling,
      seed: plan.seed,
      takesSilence: true,
      earlier: store.earlier,
      keep: (lines) => store.keep(lines),
      signal,
      onProgress,
    });
    const report = benchmarkReport(benchmark, rows.values(), plan.seed);
    store.write(
      'report.json',
      `${JSON.stringify({ plan, facts: benchmark.facts, report }, null, 2)}\n`,
    );
    store.finish();
    return report;
  } finally {
    store.close();
  }
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

/** Headlines of all scorers, and the first scorer's sections, for the metric sinks: `benchmark/vsi-bench/official`, … */
export function benchmarkMetrics(
  name: string,
  { passes }: BenchmarkReport,
): Readonly<Record<string, number>> {
  const results = passes['as-filmed'] ?? [];
  const [first] = results;
  return {
    ...Object.fromEntries(
      results.map(({ scorer, headline }) => [`benchmark/${name}/${scorer}`, headline.value]),
    ),
    ...Object.fromEntries(
      Object.entries(first?.sections ?? {}).flatMap(([by, section]) =>
        Object.entries(section).map(([key, { value }]) => [
          `benchmark-${by}/${name}/${key}`,
          value,
        ]),
      ),
    ),
  };
}
