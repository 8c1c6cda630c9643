import type { BenchmarkFacts } from '@loci/core';
import { TABLES, primary, secondary, unverified } from '../scoring/published.ts';

const LEADERBOARD = "figure of the project's leaderboard";
const AVERAGE = { settings: 'average over the four tasks' };
const FRAMES = { settings: '32 frames' };

/** TempCompass, with published scores. */
export const tempCompassFacts: BenchmarkFacts = {
  title: 'TempCompass',
  measures: 'Action, direction, speed, order of events and change of attributes in short videos.',
  source: 'huggingface.co/datasets/lmms-lab/TempCompass',
  paper: 'arXiv 2403.00476',
  headline: 'mean of the items',
  items: 7540,
  chance: [
    unverified('chance', 25, 'arithmetic', { settings: '25 to 50 by item, two to four options' }),
  ],
  published: [
    primary('GPT-4o', 73.8, LEADERBOARD, AVERAGE),
    primary('Qwen2-VL-7B', 67.9, LEADERBOARD, AVERAGE),
    primary('Gemini-1.5-Pro', 67.1, LEADERBOARD, AVERAGE),
    secondary('Qwen2.5-VL-7B', 69.2, TABLES, FRAMES),
    secondary('Video-R1-7B', 73.2, TABLES, FRAMES),
    secondary('Seed-1.8', 86.9, TABLES),
    secondary('GPT-5', 83.3, TABLES),
  ],
};
