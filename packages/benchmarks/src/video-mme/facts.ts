import type { BenchmarkFacts } from '@loci/core';

const WITHOUT = 'without subtitles';

/** Video-MME, with what others report; all figures are without subtitles. */
export const videoMmeFacts: BenchmarkFacts = {
  title: 'Video-MME',
  measures: 'General understanding of short, medium and long videos.',
  source: 'huggingface.co/datasets/lmms-lab/Video-MME',
  paper: 'arXiv 2405.21075',
  headline: 'mean of the items that were answered',
  items: 2700,
  chance: [
    {
      model: 'chance',
      percent: 25,
      settings: 'one of four options',
      source: 'arithmetic',
      reliability: 'primary',
    },
  ],
  published: [
    {
      model: 'GPT-4o',
      percent: 71.9,
      tasks: { short: 80.0, medium: 70.3, long: 65.3 },
      settings: WITHOUT,
      source: 'figure of the Video-MME repository',
      reliability: 'primary',
    },
    {
      model: 'Gemini-1.5-Pro',
      percent: 75.0,
      settings: WITHOUT,
      source: 'figure of the Video-MME repository',
      reliability: 'primary',
    },
    {
      model: 'Gemini-2.5-Pro',
      percent: 84.8,
      settings: WITHOUT,
      source: 'news of the Video-MME repository',
      reliability: 'primary',
    },
    {
      model: 'Qwen2.5-VL-7B',
      percent: 52.8,
      settings: `${WITHOUT}, 32 frames; up to 60.2 elsewhere`,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'Video-R1-7B',
      percent: 59.3,
      tasks: { short: 69.9, medium: 57.7, long: 50.4 },
      settings: `${WITHOUT}, 32 frames`,
      source: "Video-R1 issue 45, the authors' comment",
      reliability: 'primary',
    },
    {
      model: 'Seed-1.8',
      percent: 87.8,
      settings: WITHOUT,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'Kimi K2.5',
      percent: 87.4,
      settings: WITHOUT,
      source: 'third-party tables',
      reliability: 'secondary',
    },
    {
      model: 'GPT-5',
      percent: 86.7,
      settings: WITHOUT,
      source: 'third-party tables',
      reliability: 'secondary',
    },
  ],
};
