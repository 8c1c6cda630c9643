import { LociError, readEvaluation } from '@loci/core';
import type {
  BenchmarkFacts,
  EvaluationRecord,
  PredictionRow,
  RunConfig,
  Scorer,
} from '@loci/core';
import { factsOf, scorersOf } from '@loci/benchmarks';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';

/** A stored evaluation with its scorers. */
export interface ScorableEvaluation {
  readonly directory: string;
  readonly record: EvaluationRecord;
  readonly rows: ReadonlyMap<string, PredictionRow>;
  readonly facts: BenchmarkFacts;
  readonly scorers: readonly [Scorer, ...Scorer[]];
}

/**
 * Opens a folder with an evaluation. Bundled benchmarks are scored without their data; for others, the plugin makes the benchmark.
 *
 * @throws LociError `no-evaluation`, `predictions-invalid`, and errors of a plugin that is not bundled.
 */
export async function openEvaluation(typed: string, io: Io): Promise<ScorableEvaluation> {
  const directory = resolveUserPath(typed, io.userDirectory);
  const stored = readEvaluation(directory);
  const { record } = stored;
  const { use } = record.benchmark;
  const scorers = scorersOf(use, record.setup.prompt);
  const facts = factsOf(use, record.setup.variant);
  if (scorers !== undefined && facts !== undefined) {
    return { directory, record, rows: stored.rows, scorers, facts };
  }
  const withBenchmark = (config: RunConfig): RunConfig => ({
    ...config,
    benchmark: record.benchmark,
  });
  const logger = { info: () => undefined, warn: () => undefined };
  const run = await openRun({ set: [] }, io, { logger, brings: ['benchmark'] }, withBenchmark);
  try {
    const benchmark = await run.benchmark();
    return {
      directory,
      record,
      rows: stored.rows,
      scorers: benchmark.scorers,
      facts: benchmark.facts,
    };
  } finally {
    await run.dispose();
  }
}

/** Checks that two evaluations are of one benchmark. @throws LociError `nothing-to-compare`. */
export function checkComparable(first: ScorableEvaluation, second: ScorableEvaluation): void {
  if (first.record.benchmark.use === second.record.benchmark.use) return;
  throw new LociError(
    'nothing-to-compare',
    `${first.directory} is of ${first.record.benchmark.use}, but ${second.directory} of ${second.record.benchmark.use}: compare evaluations of one benchmark`,
  );
}
