import type { BenchmarkFacts } from '@loci/core';

const TASKS = [
  'object_counting',
  'object_abs_distance',
  'object_size_estimation',
  'room_size_estimation',
  'object_rel_distance',
  'object_rel_direction',
  'route_planning',
  'obj_appearance_order',
] as const;

function byTask(...percents: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(TASKS.map((task, index) => [task, percents[index]!]));
}

const FIGURE = 'figure of github.com/vision-x-nyu/thinking-in-space';
const TINY = 'tiny subset only';

/** VSI-Bench, with what others report. */
export const vsiFacts: BenchmarkFacts = {
  title: 'VSI-Bench',
  measures: 'Spatial understanding and memory from first-person videos of indoor scenes.',
  source: 'huggingface.co/datasets/nyu-visionx/VSI-Bench',
  licence: 'Apache-2.0',
  paper: 'arXiv 2412.14171',
  headline: 'mean of 8 tasks',
  items: 5130,
  chance: [
    {
      model: 'chance',
      percent: 34.0,
      tasks: byTask(62.1, 32.0, 29.9, 33.1, 25.1, 47.9, 28.4, 25.2),
      settings: 'the most frequent answer of each task',
      source: 'arXiv 2412.14171, figure',
      reliability: 'primary',
    },
  ],
  published: [
    {
      model: 'human',
      percent: 79.2,
      settings: TINY,
      source: 'arXiv 2412.14171',
      reliability: 'primary',
    },
    {
      model: 'GPT-4o',
      percent: 34.0,
      tasks: byTask(46.2, 5.3, 43.8, 38.2, 37.0, 41.3, 31.5, 28.5),
      source: FIGURE,
      reliability: 'primary',
    },
    { model: 'Gemini-1.5-Pro', percent: 45.4, source: FIGURE, reliability: 'primary' },
    {
      model: 'Gemini-2.0-Flash',
      percent: 45.4,
      tasks: byTask(52.4, 30.6, 66.7, 31.8, 56.0, 46.3, 24.5, 55.1),
      settings: TINY,
      source: FIGURE,
      reliability: 'primary',
    },
    {
      model: 'SpaceR-7B',
      percent: 45.6,
      settings: '32 frames, thinking with map, SpaceR-Eval',
      source: 'arXiv 2504.01805: 11.6 above GPT-4o, and the figure of its repository',
      reliability: 'primary',
    },
    {
      model: 'SpaceR-7B',
      percent: 44.5,
      tasks: byTask(63.2, 30.0, 60.3, 37.6, 39.7, 45.6, 31.4, 48.2),
      settings: "another group's run",
      source: 'tables of other papers',
      reliability: 'secondary',
    },
    {
      model: 'SpaceR-7B',
      percent: 36.3,
      settings: 'official-style prompts',
      source: 'SenseNova-SI, EASI',
      reliability: 'secondary',
    },
    {
      model: 'Qwen2.5-VL-7B',
      percent: 38.7,
      settings: 'lmms-eval',
      source: 'lmms-eval',
      reliability: 'secondary',
    },
    {
      model: 'Qwen2.5-VL-7B',
      percent: 37.7,
      settings: '32 frames',
      source: 'ReVSI',
      reliability: 'secondary',
    },
    {
      model: 'Qwen2.5-VL-7B',
      percent: 33.5,
      settings: '128 frames',
      source: 'EASI',
      reliability: 'secondary',
    },
    {
      model: 'SSR-7B',
      percent: 73.9,
      source: 'arXiv 2603.00409, abstract',
      reliability: 'primary',
    },
    {
      model: 'SenseNova-SI (InternVL3-8B)',
      percent: 68.7,
      source: 'arXiv 2511.13719, abstract',
      reliability: 'primary',
    },
    {
      model: 'Cambrian-S-7B',
      percent: 67.5,
      settings: '128 frames; 63.5 at 32',
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'Gemini-3-Pro',
      percent: 56.0,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    { model: 'GPT-5', percent: 55.0, source: 'third-party tables', reliability: 'secondary' },
    {
      model: 'Gemini-2.5-Pro',
      percent: 53.5,
      source: 'third-party tables',
      reliability: 'secondary',
    },
  ],
};

/** The debiased subset. */
export const vsiDebiasedFacts: BenchmarkFacts = {
  title: 'VSI-Bench, debiased',
  measures: vsiFacts.measures,
  source: vsiFacts.source,
  licence: 'Apache-2.0',
  paper: 'arXiv 2511.04655',
  headline: vsiFacts.headline,
  items: 2362,
  chance: [],
  published: [
    { model: 'GeoThinker', percent: 66.3, source: 'third-party tables', reliability: 'secondary' },
    {
      model: 'SenseNova-SI',
      percent: 62.8,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'Cambrian-S-7B',
      percent: 55.6,
      source: 'third-party tables',
      reliability: 'secondary',
    },
  ],
};
