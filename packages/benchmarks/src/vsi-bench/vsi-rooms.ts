/** Poses generated rooms as VSI-Bench: the same records, tasks and scorers, to show the whole report without a download. */
import { definePlugin, extractSolution } from '@loci/core';
import type { BenchmarkFacts, BenchmarkItem, Sample, SampleSource } from '@loci/core';
import { z } from 'zod';
import { datasetBenchmark } from '../asking/dataset-benchmark.ts';
import { itemOfVsiRecord } from './records.ts';
import { vsiScorers } from './scorers.ts';

/** VSI-Bench's names for the kinds of questions about rooms. */
const TASK_OF_KIND: Readonly<Record<string, string>> = {
  counting: 'object_counting',
  'absolute-distance': 'object_abs_distance',
  'object-size': 'object_size_estimation',
  'room-size': 'room_size_estimation',
  'relative-distance': 'object_rel_distance',
  'relative-direction-easy': 'object_rel_direction_easy',
  'relative-direction-medium': 'object_rel_direction_medium',
  'relative-direction-hard': 'object_rel_direction_hard',
  'route-planning': 'route_planning',
  'appearance-order': 'obj_appearance_order',
};

/** Facts for the report. */
export const vsiRoomsFacts: BenchmarkFacts = {
  title: 'Rooms posed as VSI-Bench',
  measures: 'The tasks of VSI-Bench on generated rooms; its scores compare with nothing else.',
  source: "the run's dataset, test split",
  headline: 'mean of 8 tasks',
  chance: [],
  published: [],
};

/**
 * The questions of the run's dataset in the form of VSI-Bench, with the run's own prompt and VSI-Bench's scorers.
 *
 * @throws LociError `benchmark-context` when it is made outside a run.
 */
export const vsiRooms = definePlugin({
  kind: 'benchmark',
  name: 'vsi-rooms',
  description: "Questions about the run's generated rooms, posed and scored as VSI-Bench.",
  options: z.strictObject({}),
  create: (_, context) => ({
    ...datasetBenchmark('vsi-rooms', context, posed),
    facts: vsiRoomsFacts,
    scorers: vsiScorers('run'),
  }),
});

async function* posed(source: SampleSource): AsyncIterable<BenchmarkItem> {
  for (let index = 0; index < source.size; index++) {
    const sample = await source.at(index);
    const task = TASK_OF_KIND[sample.questionKind ?? ''];
    if (task !== undefined) yield itemOfRoom(sample, task);
  }
}

function itemOfRoom(sample: Sample, task: string): BenchmarkItem {
  const record = {
    id: sample.id,
    dataset: 'rooms',
    scene_name: /([^/\\]+)\.\w+$/u.exec(sample.media[0]?.path ?? '')?.[1] ?? '',
    question_type: task,
    question: sample.problem,
    ground_truth: extractSolution(sample.solution) ?? '',
    options: [...sample.options],
  };
  return { ...itemOfVsiRecord(record), media: sample.media, sample };
}
