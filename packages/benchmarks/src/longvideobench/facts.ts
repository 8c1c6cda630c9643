import type { BenchmarkFacts } from '@loci/core';
import { TABLES, primary, secondary, unverified } from '../scoring/published.ts';

const FIGURE = 'figure of github.com/longvideobench/LongVideoBench';
const VALIDATION = { settings: 'validation' };

/** LongVideoBench, with published scores; the answers of its test split are hidden. */
export const longVideoBenchFacts: BenchmarkFacts = {
  title: 'LongVideoBench',
  measures: 'Referring reasoning in videos of up to an hour with subtitles.',
  source: 'huggingface.co/datasets/longvideobench/LongVideoBench',
  licence: 'CC BY-NC-SA 4.0',
  paper: 'arXiv 2407.15754',
  headline: 'mean of the items',
  items: 1337,
  chance: [
    unverified('chance', 20, 'arithmetic', { settings: '20 to 25 by item, four or five options' }),
  ],
  published: [
    primary('GPT-4o', 66.7, FIGURE, VALIDATION),
    primary('GPT-4o', 66.7, FIGURE, { settings: 'test' }),
    primary('Gemini-1.5-Pro', 64.0, FIGURE, VALIDATION),
    primary('Gemini-1.5-Pro', 64.4, FIGURE, { settings: 'test' }),
    secondary('Qwen3-VL-8B', 63.6, TABLES, VALIDATION),
    secondary('InternVL3.5-8B', 62.1, TABLES, VALIDATION),
    secondary('Seed 2.1 Pro', 80.6, TABLES),
    secondary('Kimi K2.5', 79.8, TABLES),
    secondary('Seed-1.8', 77.4, TABLES),
  ],
};
