import type { BenchmarkFacts } from '@loci/core';
import { TABLES, primary, secondary } from '../scoring/published.ts';

const README = 'read-me of github.com/fudan-zvg/spar';
const TINY = { settings: 'the tiny set of 1,000' };

/** SPAR-Bench, with published scores. */
export const sparFacts: BenchmarkFacts = {
  title: 'SPAR-Bench',
  measures: 'Twenty tasks from depth to spatial imagination, on one image and on several.',
  source: 'huggingface.co/datasets/jasonzhango/SPAR-Bench',
  paper: 'arXiv 2503.22976',
  headline: 'mean of 20 tasks',
  items: 7207,
  chance: [primary('chance', 32.7, README)],
  published: [
    primary('human', 67.3, README, TINY),
    primary('GPT-4o', 36.4, README, { tasks: { Low: 29.3, Middle: 24.9, High: 45.1 }, ...TINY }),
    primary('Qwen2.5-VL-72B', 39.4, README, TINY),
    primary('Qwen2.5-VL-7B', 33.1, README, { tasks: { Low: 28.8, Middle: 23.0, High: 40.3 } }),
    primary('SpaceR-7B', 37.55, README, {
      tasks: { Low: 30.9, Middle: 31.9, High: 45.6 },
      settings: 'Middle seems to leave out the view change, unlike the other rows',
    }),
    secondary('SpaceR-7B', 38.3, 'EgoMind'),
    secondary('SpaceR-7B', 34.1, 'EASI', { settings: '34.1 to 36.5; SFT checkpoint' }),
    primary('InternVL2.5-8B + SPAR-mix', 63.3, README),
    secondary('GeoThinker', 68.2, TABLES),
    secondary('NEO-ov', 48.8, TABLES),
    secondary('Qwen3-VL', 40.3, TABLES),
  ],
};
