import { definePlugin, deriveSeed, itemOfSample, permutation } from '@loci/core';
import type { Benchmark, BenchmarkFacts, BenchmarkItem, SampleSource, Scorer } from '@loci/core';
import { z } from 'zod';
import { datasetBenchmark } from './asking/dataset-benchmark.ts';
import { judgeSpatialAnswer } from './judge-spatial-answer.ts';
import { meanOf, sectionBy, taskOf } from './scoring/figures.ts';

const FACTS: BenchmarkFacts = {
  title: 'Spatial questions of the dataset',
  measures: "The questions of the test split of the run's own dataset.",
  source: "the run's dataset",
  headline: 'mean over the questions',
  chance: [],
  published: [],
};

/** Letters by equality, numbers by mean relative accuracy, maps beside them. */
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
    sections: { task: sectionBy(rows, taskOf) },
  }),
};

/**
 * The questions of the test split of the run's own dataset, in a seeded order: multiple choice by equal letters, numbers by
 * mean relative accuracy. Questions of other problem types are not spatial and are not asked.
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
    limit: z.int().positive().optional().describe('Ask no more questions than this.'),
    kinds: z.array(z.string()).min(1).optional().describe('Ask only questions of these kinds.'),
    seed: z.int().nonnegative().default(0).describe('Of the order of the questions.'),
  }),
  create({ limit = Infinity, kinds, seed }, context): Benchmark {
    const wanted = kinds && new Set(kinds);
    return {
      ...datasetBenchmark('spatial-qa', context, (source) =>
        take(limit, questions(source, seed, wanted)),
      ),
      facts: FACTS,
      scorers: [spatialAnswers],
    };
  },
});

async function* questions(
  source: SampleSource,
  seed: number,
  kinds: ReadonlySet<string> | undefined,
): AsyncIterable<BenchmarkItem> {
  for (const index of permutation(source.size, deriveSeed(seed, 'spatial-qa'))) {
    const sample = await source.at(index);
    if (!['multiple choice', 'numerical'].includes(sample.problemType)) continue;
    if (kinds !== undefined && !kinds.has(sample.questionKind ?? '')) continue;
    yield itemOfSample(sample);
  }
}

async function* take<T>(limit: number, items: AsyncIterable<T>): AsyncIterable<T> {
  let taken = 0;
  for await (const item of items) {
    yield item;
    if (++taken >= limit) return;
  }
}
