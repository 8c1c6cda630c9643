import type { BenchmarkFacts } from '@loci/core';

const README = 'read-me of github.com/fudan-zvg/spar';

/** SPAR-Bench, with what others report. */
export const sparFacts: BenchmarkFacts = {
  title: 'SPAR-Bench',
  measures: 'Twenty tasks from depth to spatial imagination, on one image and on several.',
  source: 'huggingface.co/datasets/jasonzhango/SPAR-Bench',
  headline: 'mean of 20 tasks',
  items: 7207,
  chance: [{ model: 'chance', percent: 32.7, source: README, reliability: 'primary' }],
  published: [
    {
      model: 'human',
      percent: 67.3,
      settings: 'the tiny set of 1,000',
      source: README,
      reliability: 'primary',
    },
    {
      model: 'GPT-4o',
      percent: 36.4,
      tasks: { Low: 29.3, Middle: 24.9, High: 45.1 },
      settings: 'the tiny set of 1,000',
      source: README,
      reliability: 'primary',
    },
    {
      model: 'Qwen2.5-VL-72B',
      percent: 39.4,
      settings: 'the tiny set of 1,000',
      source: README,
      reliability: 'primary',
    },
    {
      model: 'Qwen2.5-VL-7B',
      percent: 33.1,
      tasks: { Low: 28.8, Middle: 23.0, High: 40.3 },
      source: README,
      reliability: 'primary',
    },
    {
      model: 'SpaceR-7B',
      percent: 37.55,
      tasks: { Low: 30.9, Middle: 31.9, High: 45.6 },
      settings: 'Middle seems to leave out the view change, unlike the other rows',
      source: README,
      reliability: 'primary',
    },
    {
      model: 'SpaceR-7B',
      percent: 34.1,
      settings: '34.1 to 38.3 in other runs',
      source: 'EgoMind, EASI',
      reliability: 'secondary',
    },
    { model: 'InternVL2.5-8B + SPAR-mix', percent: 63.3, source: README, reliability: 'primary' },
    { model: 'GeoThinker', percent: 68.2, source: 'third-party tables', reliability: 'secondary' },
    { model: 'NEO-ov', percent: 48.8, source: 'third-party tables', reliability: 'secondary' },
    { model: 'Qwen3-VL', percent: 40.3, source: 'third-party tables', reliability: 'secondary' },
  ],
};
