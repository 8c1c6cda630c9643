import { LociError, definePlugin, deriveSeed, itemOfSample, permutation } from '@loci/core';
import type {
  Benchmark,
  BenchmarkFacts,
  BenchmarkItem,
  SampleSource,
  ScoredRow,
  ScoreTable,
  Scorer,
  UsualEvaluation,
} from '@loci/core';
import { z } from 'zod';
import { datasetBenchmark } from './asking/dataset-benchmark.ts';
import { judgeSpatialAnswer } from './judge-spatial-answer.ts';
import { meanOf, sectionBy, taskOf } from './scoring/figures.ts';

/** Facts for the report. */
export const spatialQaFacts: BenchmarkFacts = {
  title: 'Spatial questions of the dataset',
  measures: "The questions of the test split of the run's own dataset.",
  source: "the run's dataset",
  headline: 'mean over the questions',
  chance: [],
  published: [],
};

/** Scores letters by equality and numbers by mean relative accuracy, and measures maps beside them. */
const spatialAnswers: Scorer = {
  name: 'spatial-qa',
  description: 'The last answer after the thinking; the mean over the questions.',
  score: (item, prediction) => {
    if (prediction.status === 'answered') {
      return judgeSpatialAnswer(item, prediction.output);
    }
    return { score: 0, answered: false, counted: true, reason: prediction.reason };
  },
  aggregate: (rows) => ({
    headline: meanOf(rows),
    sections: { task: sectionBy(rows, taskOf), ...byDataset(rows) },
  }),
};

/** Figures by dataset, where the run mixes several. */
function byDataset(rows: readonly ScoredRow[]): ScoreTable['sections'] {
  if (rows.every(({ item }) => item.groups['dataset'] === undefined)) return {};
  return { dataset: sectionBy(rows, ({ item }) => item.groups['dataset'] ?? '') };
}

/** By the name of the benchmark alone: its answers are scored alike in every style. */
export const spatialQaScorers: readonly [Scorer, ...Scorer[]] = [spatialAnswers];

/** Samples as in training, which raises the mean score of sampled answers. Greedy decoding would measure something else. */
const USUAL: UsualEvaluation = {
  questions: 1200,
  decoding: 'sampled',
  controls: ['blank', 'swapped'],
};

/**
 * The questions of the test split of the run's own dataset, in a seeded order: multiple choice by equal letters, numbers by
 * mean relative accuracy. Questions of other problem types are not spatial: they are skipped, and a warning counts them.
 *
 * Measures beside the score: `map` (map score) and `hit1` (share of true objects with a point of their own within one cell),
 * both 0 where a true map exists and none was drawn, and `format`.
 *
 * @example { use: 'spatial-qa', limit: 200, kinds: ['room-size', 'counting'] }
 */
export const spatialQa = definePlugin({
  kind: 'benchmark',
  name: 'spatial-qa',
  description: "The questions of the dataset's test split, with the map that goes with them.",
  options: z.strictObject({
    limit: z.int().positive().optional().describe('Most questions to ask.'),
    kinds: z.array(z.string()).min(1).optional().describe('Ask only questions of these kinds.'),
    seed: z.int().nonnegative().default(0).describe('Seed of the order of the questions.'),
  }),
  create({ limit = Infinity, kinds, seed }, context): Benchmark {
    const wanted = kinds && new Set(kinds);
    return {
      ...datasetBenchmark('spatial-qa', context, (source) =>
        questions(source, {
          seed,
          kinds: wanted,
          limit,
          warn: (note) => context.logger.warn(note),
        }),
      ),
      facts: spatialQaFacts,
      usual: USUAL,
      isShuffled: true,
      scorers: spatialQaScorers,
    };
  },
});

const ASKED_TYPES: readonly string[] = ['multiple choice', 'numerical'];

interface Wanted {
  readonly seed: number;
  readonly kinds: ReadonlySet<string> | undefined;
  readonly limit: number;
  warn(note: string): void;
}

/** The chosen questions. A warning at the end counts the skipped ones. */
async function* questions(
  source: SampleSource,
  { seed, kinds, limit, warn }: Wanted,
): AsyncIterable<BenchmarkItem> {
  const leftOut = new Map<string, number>();
  let asked = 0;
  for (const index of permutation(source.size, deriveSeed(seed, 'spatial-qa'))) {
    if (asked === limit) break;
    const sample = await source.at(index);
    if (kinds !== undefined && !kinds.has(sample.questionKind ?? '')) continue;
    if (!ASKED_TYPES.includes(sample.problemType)) {
      leftOut.set(sample.problemType, (leftOut.get(sample.problemType) ?? 0) + 1);
      continue;
    }
    asked++;
    yield itemOfSample(sample);
  }
  const counts = [...leftOut].map(([type, count]) => `${count} of the type "${type}"`);
  if (counts.length > 0) {
    warn(`spatial-qa can only score choices and numbers; it skipped ${counts.join(', ')}`);
  }
  if (asked === 0 && source.size > 0) {
    const named = kinds === undefined ? '' : ` of the kinds ${[...kinds].join(', ')}`;
    throw new LociError(
      'benchmark-empty',
      `None of the ${source.size} questions of the test split is a choice or a number${named}: spatial-qa has nothing to ask`,
    );
  }
}
