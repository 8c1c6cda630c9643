import type { BenchmarkFacts } from '@loci/core';

const FIGURE = 'figure of github.com/longvideobench/LongVideoBench';
const VALIDATION = 'validation';

/** LongVideoBench, with what others report; the answers of its test split are hidden. */
export const longVideoBenchFacts: BenchmarkFacts = {
  title: 'LongVideoBench',
  measures: 'Referring reasoning in videos of up to an hour with subtitles.',
  source: 'huggingface.co/datasets/longvideobench/LongVideoBench',
  licence: 'CC BY-NC-SA 4.0',
  paper: 'arXiv 2407.15754',
  headline: 'mean of the items',
  items: 1337,
  chance: [
    {
      model: 'chance',
      percent: 20,
      settings: '20 to 25 by item, four or five options',
      source: 'arithmetic',
      reliability: 'unverified',
    },
  ],
  published: [
    {
      model: 'GPT-4o',
      percent: 66.7,
      settings: VALIDATION,
      source: FIGURE,
      reliability: 'primary',
    },
    {
      model: 'Gemini-1.5-Pro',
      percent: 64.0,
      settings: VALIDATION,
      source: FIGURE,
      reliability: 'primary',
    },
    {
      model: 'Qwen3-VL-8B',
      percent: 63.6,
      settings: VALIDATION,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'InternVL3.5-8B',
      percent: 62.1,
      settings: VALIDATION,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'Seed 2.1 Pro',
      percent: 80.6,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    { model: 'Kimi K2.5', percent: 79.8, source: 'third-party tables', reliability: 'secondary' },
    { model: 'Seed-1.8', percent: 77.4, source: 'third-party tables', reliability: 'secondary' },
  ],
};
