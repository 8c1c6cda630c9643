import { definePlugin } from '@loci/core';
import type { BenchmarkFacts, PromptStyle, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import { z } from 'zod';
import { folderBenchmark } from './asking/folder-benchmark.ts';
import { dataFolder, videoOptions } from './asking/options.ts';
import { askItem, tokensFor } from './asking/prompts.ts';
import { checkLayout, locate } from './reading/layout.ts';
import { createVideoFinder } from './reading/media-files.ts';
import { recordsOf, textLike, textList } from './reading/records.ts';
import { ALL_COUNT, createScorer, readAsAuthors } from './scoring/create-scorer.ts';
import { macroOf, sectionBy, taskOf } from './scoring/figures.ts';
import { readStrictly } from './scoring/strict.ts';
import { FORGIVING, STRICTLY } from './vsi-bench/judges.ts';
import { checkOptions } from './vsi-bench/records.ts';
import type { Judges } from './vsi-bench/judges.ts';

/** The seven tasks, and what the names of their question types add. */
const TASKS = Object.entries({
  object_counting: ['_single', '_multiple'],
  object_abs_distance: [''],
  object_size_estimation: [''],
  room_size_estimation: ['_single', '_multiple'],
  object_rel_direction: ['_forward_easy', '_backward_easy', '_forward_hard', '_backward_hard'],
  object_rel_distance: ['_closest', '_farthest'],
  route_planning: [''],
}).map(([task, ends]) => ({ task, types: ends.map((end) => task + end) }));

const formOf = (type: string) => (/^(object_rel|route)_/u.test(type) ? 'letter' : 'number');

const record = z.looseObject({
  id: textLike,
  scene_id: z.string(),
  question_type: z.enum(TASKS.flatMap(({ types }) => types)),
  question: z.string(),
  options: textList,
  ground_truth: textLike,
});

/** Frames of the videos of each subset, for which its answers hold; of `all_frame` 128, as in VLMEvalKit. */
const FRAMES = { all_frame: 128, '64_frame': 64, '32_frame': 32, '16_frame': 16 } as const;

/** Facts of ReVSI, without published scores: we read no table of them. */
export const revsiFacts: BenchmarkFacts = {
  title: 'ReVSI',
  measures: 'VSI-Bench on scenes annotated anew, with answers that hold for the frames shown.',
  source: 'huggingface.co/datasets/3dlg-hcvc/ReVSI',
  paper: 'arXiv 2604.24300',
  headline: 'mean of 7 tasks',
  chance: [],
  published: [],
};

/**
 * ReVSI (arXiv 2604.24300): VSI-Bench rebuilt, for four budgets of frames. Confirmed by its authors' code (github.com/3dlg-hcvc/revsi,
 * their tasks in lmms-eval and VLMEvalKit): subsets, question types, fields, videos as `SUBSET/SCENE_ID.mp4`, scoring. By a user's
 * loader alone: `SUBSET/test-*.parquet`. Not confirmed: whether ids and truths are stored as numbers or as texts; both are read.
 *
 * @example { use: 'revsi', data: 'data/ReVSI', subset: '32_frame' }
 * @throws LociError `benchmark-layout` when the folder is not as the hub's files unpack.
 */
export const revsi = definePlugin({
  kind: 'benchmark',
  name: 'revsi',
  description: 'ReVSI: VSI-Bench annotated anew, with answers for four budgets of frames.',
  options: z.strictObject({
    ...videoOptions,
    subset: z.enum(['all_frame', '64_frame', '32_frame', '16_frame']).default('all_frame'),
  }),
  create(
    { data, prompt: style, frames: chosen, subset, wording, allowOutside, ...selection },
    context,
  ) {
    const folder = dataFolder(data, context.baseDirectory);
    const [table, videos] = [[`${subset}/test-*.parquet`], [`${subset}/*.mp4`]];
    const needed = [
      { places: table, holds: 'the questions', how: 'as the hub has them' },
      {
        places: videos,
        holds: 'the videos',
        how: 'unpack video.zip here',
        videos: 'in-folders-of-this-name' as const,
      },
    ];
    checkLayout(folder, needed, { benchmark: 'ReVSI', repository: '3dlg-hcvc/ReVSI' });
    const find = createVideoFinder([folder], folder, allowOutside);
    const announce = 'You see frames of a video.';
    const frames = chosen ?? { fps: 0, maxFrames: FRAMES[subset] };
    return folderBenchmark({
      name: 'revsi',
      facts: revsiFacts,
      setup: { variant: subset, prompt: style, frames, maxNewTokens: tokensFor(style, 'number') },
      async *read() {
        for await (const fields of recordsOf(locate(folder, table), record)) {
          const { id, question_type: task, scene_id: scene, question, options } = fields;
          if (formOf(task) === 'letter') checkOptions(fields, locate(folder, table));
          const item = { id, task, groups: { scene }, question, options };
          yield { ...item, answer: fields.ground_truth, ...find(`${subset}/${scene}.mp4`) };
        }
      },
      folder,
      selection,
      render: (item) =>
        askItem(item, { style, form: formOf(item.task), frames, announce, wording }),
      scorers: revsiScorers(style),
    });
  },
});

/** Scores as the authors do, and strictly. SpaceR's evaluation has no ReVSI. */
export function revsiScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  const scorer = (name: string, description: string, { letter, number }: Judges) =>
    createScorer({
      ...{ name, description, ...ALL_COUNT, aggregate },
      read: name === 'strict' ? readStrictly(style) : readAsAuthors(style),
      judge: (item, text) => (formOf(item.task) === 'letter' ? letter : number)(item, text),
    });
  return [
    scorer('official', "The first word, read as VSI-Bench's; mean of 7 tasks.", FORGIVING),
    scorer('strict', 'A letter or a number and nothing else; mean of 7 tasks.', STRICTLY),
  ];
}

/** The mean of the tasks, each the mean of its question types; what is absent is left out. */
function aggregate(rows: readonly ScoredRow[]): ScoreTable {
  const all = sectionBy(rows, taskOf);
  const of = (types: readonly string[]) => macroOf(types.flatMap((type) => all[type] ?? []));
  const figures = TASKS.map(({ task, types }) => [task, of(types)] as const);
  const task = Object.fromEntries(figures.filter(([, { count }]) => count > 0));
  return { headline: macroOf(Object.values(task)), sections: { task, questionType: all } };
}
