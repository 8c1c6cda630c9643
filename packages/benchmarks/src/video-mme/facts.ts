import type { BenchmarkFacts } from '@loci/core';
import { TABLES, primary, secondary } from '../scoring/published.ts';

const FIGURE = 'figure of the Video-MME repository';
const WITHOUT = { settings: 'without subtitles' };

function byDuration(short: number, medium: number, long: number) {
  return { short, medium, long };
}

/** Video-MME, with published scores; all of them are without subtitles. */
export const videoMmeFacts: BenchmarkFacts = {
  title: 'Video-MME',
  measures: 'General understanding of short, medium and long videos.',
  source: 'huggingface.co/datasets/lmms-lab/Video-MME',
  paper: 'arXiv 2405.21075',
  headline: 'mean of the items that were answered',
  items: 2700,
  chance: [primary('chance', 25, 'arithmetic', { settings: 'one of four options' })],
  published: [
    primary('GPT-4o', 71.9, FIGURE, { tasks: byDuration(80.0, 70.3, 65.3), ...WITHOUT }),
    primary('Gemini-1.5-Pro', 75.0, FIGURE, WITHOUT),
    primary('Gemini-2.5-Pro', 84.8, 'news of the Video-MME repository', WITHOUT),
    secondary('Qwen2.5-VL-7B', 52.8, TABLES, {
      settings: 'without subtitles, 32 frames; up to 60.2 elsewhere',
    }),
    primary('Video-R1-7B', 59.3, "Video-R1 issue 45, the authors' comment", {
      tasks: byDuration(69.9, 57.7, 50.4),
      settings: 'without subtitles, 32 frames',
    }),
    secondary('Seed-1.8', 87.8, TABLES, WITHOUT),
    secondary('Kimi K2.5', 87.4, TABLES, WITHOUT),
    secondary('GPT-5', 86.7, TABLES, WITHOUT),
  ],
};
