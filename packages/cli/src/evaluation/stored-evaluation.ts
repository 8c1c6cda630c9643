import { LociError, readEvaluation } from '@loci/core';
import type { BenchmarkFacts, EvaluationPlan, PredictionRow, RunConfig, Scorer } from '@loci/core';
import { factsOf, scorersOf } from '@loci/benchmarks';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';

/** A kept evaluation with what scores it. */
export interface ScorableEvaluation {
  readonly directory: string;
  readonly plan: EvaluationPlan;
  readonly rows: ReadonlyMap<string, PredictionRow>;
  readonly facts: BenchmarkFacts;
  readonly scorers: readonly [Scorer, ...Scorer[]];
}

/**
 * Opens a folder with an evaluation. Benchmarks of this project are scored without their data; one from outside is made as its
 * plugin makes it.
 *
 * @throws LociError `no-evaluation`, `predictions-invalid`, and what a plugin from outside throws.
 */
export async function openEvaluation(typed: string, io: Io): Promise<ScorableEvaluation> {
  const directory = resolveUserPath(typed, io.userDirectory);
  const stored = readEvaluation(directory);
  const { plan } = stored;
  const { use } = plan.benchmark;
  const scorers = scorersOf(use, plan.setup.prompt);
  const facts = factsOf(use, plan.setup.variant);
  if (scorers !== undefined && facts !== undefined) {
    return { directory, plan, rows: stored.rows, scorers, facts };
  }
  const withBenchmark = (config: RunConfig): RunConfig => ({
    ...config,
    benchmark: plan.benchmark,
  });
  const logger = { info: () => undefined, warn: () => undefined };
  const run = await openRun({ set: [] }, io, { logger }, withBenchmark);
  try {
    const benchmark = await run.benchmark();
    return {
      directory,
      plan,
      rows: stored.rows,
      scorers: benchmark.scorers,
      facts: benchmark.facts,
    };
  } finally {
    await run.dispose();
  }
}

/** @throws LociError `nothing-to-compare` unless both ask the same benchmark. */
export function checkComparable(first: ScorableEvaluation, second: ScorableEvaluation): void {
  if (first.plan.benchmark.use === second.plan.benchmark.use) return;
  throw new LociError(
    'nothing-to-compare',
    `${first.directory} asks ${first.plan.benchmark.use}, ${second.directory} asks ${second.plan.benchmark.use}`,
  );
}
