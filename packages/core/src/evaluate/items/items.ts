/** Converts samples to items of a benchmark, and items to samples that rewards can score. */
import { pythonFloat } from '../../python/text.ts';
import type { BenchmarkItem, ProblemType, Sample } from '../../spec/index.ts';

/** The task of a sample in reports: its question kind, or its problem type when it has none. */
export function taskOfSample(sample: Sample): string {
  return sample.questionKind ?? sample.problemType;
}

/** A sample of a dataset as an item of a benchmark. */
export function itemOfSample(sample: Sample): BenchmarkItem {
  return {
    id: sample.id,
    task: taskOfSample(sample),
    groups: sample.dataset === undefined ? {} : { dataset: sample.dataset },
    question: sample.problem,
    options: sample.options,
    answer: sample.solution,
    media: sample.media,
    ...(sample.map && { map: sample.map }),
    ...(sample.sceneMap && { sceneMap: sample.sceneMap }),
    sample,
  };
}

/** The sample behind an item, or, for items of other sources, one with the fields that rewards read. */
export function sampleOfItem(item: BenchmarkItem): Sample {
  if (item.sample !== undefined) return item.sample;
  return {
    id: item.id,
    problem: item.question,
    options: item.options,
    problemType: problemTypeOf(item),
    solution: `<answer>${item.answer}</answer>`,
    media: item.media,
    source: 'benchmark',
    questionKind: item.task,
    ...(item.map && { map: item.map }),
    ...(item.sceneMap && { sceneMap: item.sceneMap }),
  };
}

function problemTypeOf({ options, answer }: BenchmarkItem): ProblemType {
  if (options.length > 0) return 'multiple choice';
  return pythonFloat(answer) === undefined ? 'free-form' : 'numerical';
}
