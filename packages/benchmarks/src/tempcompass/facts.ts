import type { BenchmarkFacts } from '@loci/core';

const LEADERBOARD = "figure of the project's leaderboard";
const AVERAGE = 'average over the four tasks';

/** TempCompass, with what others report. */
export const tempCompassFacts: BenchmarkFacts = {
  title: 'TempCompass',
  measures: 'Action, direction, speed, order of events and change of attributes in short videos.',
  source: 'huggingface.co/datasets/lmms-lab/TempCompass',
  paper: 'arXiv 2403.00476',
  headline: 'mean of the items',
  items: 7540,
  chance: [
    {
      model: 'chance',
      percent: 25,
      settings: '25 to 50 by item, two to four options',
      source: 'arithmetic',
      reliability: 'unverified',
    },
  ],
  published: [
    {
      model: 'GPT-4o',
      percent: 73.8,
      settings: AVERAGE,
      source: LEADERBOARD,
      reliability: 'primary',
    },
    {
      model: 'Qwen2-VL-7B',
      percent: 67.9,
      settings: AVERAGE,
      source: LEADERBOARD,
      reliability: 'primary',
    },
    {
      model: 'Gemini-1.5-Pro',
      percent: 67.1,
      settings: AVERAGE,
      source: LEADERBOARD,
      reliability: 'primary',
    },
    {
      model: 'Qwen2.5-VL-7B',
      percent: 69.2,
      settings: '32 frames',
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'Video-R1-7B',
      percent: 73.2,
      settings: '32 frames',
      source: 'third-party tables',
      reliability: 'secondary',
    },
    { model: 'Seed-1.8', percent: 86.9, source: 'third-party tables', reliability: 'secondary' },
    { model: 'GPT-5', percent: 83.3, source: 'third-party tables', reliability: 'secondary' },
  ],
};
