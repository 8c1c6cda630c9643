/** A benchmark for tests of code that evaluates one. */
import { average } from '../evaluate/figures/bootstrap.ts';
import type { Benchmark, BenchmarkItem, ScorableItem, Scorer, Verdict } from '../spec/index.ts';

/** The verdict of a fake scorer on an output. */
export type FakeJudge = (
  item: ScorableItem,
  output: string,
) => Pick<Verdict, 'score' | 'normalised' | 'measures'>;

/** A scorer of one function, with the plain mean as headline. */
export function fakeScorer(judge: FakeJudge): Scorer {
  return {
    name: 'fake',
    description: 'What the test says.',
    score: (item, prediction) =>
      prediction.status === 'answered'
        ? { answered: true, counted: true, ...judge(item, prediction.output) }
        : { score: 0, answered: false, counted: true, reason: prediction.reason },
    aggregate: (rows) => ({
      headline: { value: average(rows.map(({ verdict }) => verdict.score)), count: rows.length },
      sections: {},
    }),
  };
}

/** A benchmark in memory: the media, then the question. */
export function fakeBenchmark(judge: FakeJudge, items: readonly BenchmarkItem[] = []): Benchmark {
  return {
    name: 'fake',
    facts: {
      title: 'Fake',
      measures: 'Nothing.',
      source: 'memory',
      headline: 'mean',
      chance: [],
      published: [],
    },
    setup: { prompt: 'run' },
    async *items() {
      yield* items;
    },
    render: ({ question, media }) => [
      {
        role: 'user',
        parts: [
          ...media.map((part) => ({ type: 'media', media: part }) as const),
          { type: 'text', text: question },
        ],
      },
    ],
    scorers: [fakeScorer(judge)],
  };
}
