import type { BenchmarkFacts } from '@loci/core';
import { TABLES, primary, secondary } from '../scoring/published.ts';

const TABLE = 'table of github.com/MINT-SJTU/STI-Bench';
const FIRST = 'arXiv 2503.23765 v1';

/** STI-Bench, with published scores. */
export const stiFacts: BenchmarkFacts = {
  title: 'STI-Bench',
  measures: 'Precise spatial and temporal quantities in desktop, indoor and outdoor clips.',
  source: 'huggingface.co/datasets/MINT-SJTU/STI-Bench',
  licence: 'Apache-2.0',
  paper: 'arXiv 2503.23765',
  headline: 'mean of the items',
  items: 2064,
  chance: [primary('chance', 20, 'arithmetic', { settings: 'one of five options' })],
  published: [
    primary('GPT-4o', 34.8, TABLE),
    primary('GPT-4o', 28.3, FIRST),
    primary('Gemini-2.0-Flash', 38.7, TABLE),
    primary('Gemini-2.0-Flash', 35.6, FIRST),
    primary('Gemini-2.5-Pro', 41.4, TABLE),
    primary('Gemini-2.5-Pro', 40.5, FIRST),
    primary('Claude-3.7-Sonnet', 40.5, TABLE),
    primary('Qwen2.5-VL-72B', 40.7, TABLE, { settings: '40.8 elsewhere' }),
    primary('InternVL2.5-78B', 38.5, TABLE),
    primary('VideoLLaMA3-7B', 35.2, TABLE),
    secondary('SpaceR-7B', 37.0, "SpaceR issue 32, the authors' comment", {
      tasks: {
        '3D Video Grounding': 23.0,
        'Dimensional Measurement': 34.1,
        'Displacement & Path Length': 35.6,
        'Ego-Centric Orientation': 35.5,
        'Pose Estimation': 49.8,
        'Spatial Relation': 34.9,
        'Speed & Acceleration': 36.3,
        'Trajectory Description': 63.2,
      },
      settings: "not the mean of these tasks, which is 39.05; a user's rerun got 33.3",
    }),
    secondary('Qwen2.5-VL-7B', 33.2, TABLES, { settings: '32.1 to 33.2' }),
    secondary('GPT-5', 39.3, 'arXiv 2510.09606'),
  ],
};
