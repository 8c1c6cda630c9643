import type { BenchmarkFacts } from '@loci/core';
import { TABLES, primary, secondary, unverified } from '../scoring/published.ts';

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

const PAPER = 'arXiv 2412.14171, figure';
const FIGURE = 'figure of github.com/vision-x-nyu/thinking-in-space';
const TINY = { settings: 'tiny subset only' };

/** VSI-Bench, with published scores. */
export const vsiFacts: BenchmarkFacts = {
  title: 'VSI-Bench',
  measures: 'Spatial understanding and memory from first-person videos of indoor scenes.',
  source: 'huggingface.co/datasets/nyu-visionx/VSI-Bench',
  licence: 'Apache-2.0',
  paper: 'arXiv 2412.14171',
  headline: 'mean of 8 tasks',
  items: 5130,
  chance: [
    primary('chance', 34.0, PAPER, {
      tasks: byTask(62.1, 32.0, 29.9, 33.1, 25.1, 47.9, 28.4, 25.2),
      settings: 'the most frequent answer of each task',
    }),
  ],
  published: [
    primary('human', 79.2, 'arXiv 2412.14171', TINY),
    primary('GPT-4o', 34.0, FIGURE, {
      tasks: byTask(46.2, 5.3, 43.8, 38.2, 37.0, 41.3, 31.5, 28.5),
    }),
    primary('Gemini-1.5-Pro', 45.4, FIGURE),
    primary('Gemini-2.0-Flash', 45.4, FIGURE, {
      tasks: byTask(52.4, 30.6, 66.7, 31.8, 56.0, 46.3, 24.5, 55.1),
      ...TINY,
    }),
    primary('SpaceR-7B', 45.6, 'arXiv 2504.01805: 11.6 above GPT-4o, and its repository', {
      settings: '32 frames, thinking with map, SpaceR-Eval',
    }),
    secondary('SpaceR-7B', 46.9, 'SpaceVista'),
    secondary('SpaceR-7B', 45.8, 'EgoMind'),
    secondary('SpaceR-7B', 44.5, TABLES, {
      tasks: byTask(63.2, 30.0, 60.3, 37.6, 39.7, 45.6, 31.4, 48.2),
    }),
    secondary('SpaceR-7B', 43.5, 'ReVSI'),
    secondary('SpaceR-7B', 41.5, 'SenseNova-SI', { settings: 'official-style prompts' }),
    secondary('SpaceR-7B', 36.3, 'EASI', { settings: 'official-style prompts' }),
    unverified('SpaceR, SFT only', 41.6, "read off the figure of SpaceR's repository"),
    secondary('Qwen2.5-VL-7B', 38.7, 'lmms-eval'),
    secondary('Qwen2.5-VL-7B', 37.7, 'ReVSI', { settings: '32 frames' }),
    secondary('Qwen2.5-VL-7B', 33.5, 'EASI', { settings: '128 frames; up to 33.7' }),
    secondary('Qwen2.5-VL-7B', 32.5, 'VLMEvalKit, pull request 1342', { settings: '64 frames' }),
    secondary('Qwen2.5-VL-7B', 31.8, TABLES, { settings: '30.0 elsewhere' }),
    primary('SSR-7B', 73.9, 'arXiv 2603.00409, abstract'),
    secondary('LongSpace-9B', 70.8, 'article on arXiv 2606.05677'),
    secondary('SpaceMind', 70.2, TABLES),
    primary('SenseNova-SI (InternVL3-8B)', 68.7, 'arXiv 2511.13719, abstract'),
    secondary('Cambrian-S-7B', 67.5, TABLES, { settings: '128 frames; 63.5 at 32' }),
    secondary('CoG3DMap', 65.1, TABLES),
    secondary('ViPS', 63.8, TABLES),
    secondary('VST-7B-RL', 61.2, TABLES),
    secondary('VLM-3R', 60.9, TABLES),
    secondary('Qwen3-VL-8B', 57.9, TABLES),
    secondary('Gemini-3-Pro', 56.0, TABLES),
    secondary('GPT-5', 55.0, TABLES),
    secondary('Gemini-2.5-Pro', 53.5, TABLES),
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
    secondary('GeoThinker', 66.3, TABLES),
    secondary('SenseNova-SI', 62.8, TABLES),
    secondary('Cambrian-S-7B', 55.6, TABLES, { settings: '32 frames' }),
  ],
};
