import type { BenchmarkFacts } from '@loci/core';

const TABLE = 'table of github.com/MINT-SJTU/STI-Bench';

/** STI-Bench, with what others report. */
export const stiFacts: BenchmarkFacts = {
  title: 'STI-Bench',
  measures: 'Precise spatial and temporal quantities in desktop, indoor and outdoor clips.',
  source: 'huggingface.co/datasets/MINT-SJTU/STI-Bench',
  licence: 'Apache-2.0',
  paper: 'arXiv 2503.23765',
  headline: 'mean of the items',
  items: 2064,
  chance: [
    {
      model: 'chance',
      percent: 20,
      settings: 'one of five options',
      source: 'arithmetic',
      reliability: 'primary',
    },
  ],
  published: [
    { model: 'GPT-4o', percent: 34.8, source: TABLE, reliability: 'primary' },
    { model: 'GPT-4o', percent: 28.3, source: 'arXiv 2503.23765 v1', reliability: 'primary' },
    { model: 'Gemini-2.0-Flash', percent: 38.7, source: TABLE, reliability: 'primary' },
    { model: 'Gemini-2.5-Pro', percent: 41.4, source: TABLE, reliability: 'primary' },
    { model: 'Claude-3.7-Sonnet', percent: 40.5, source: TABLE, reliability: 'primary' },
    { model: 'Qwen2.5-VL-72B', percent: 40.7, source: TABLE, reliability: 'primary' },
    { model: 'InternVL2.5-78B', percent: 38.5, source: TABLE, reliability: 'primary' },
    { model: 'VideoLLaMA3-7B', percent: 35.2, source: TABLE, reliability: 'primary' },
    {
      model: 'SpaceR-7B',
      percent: 37.0,
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
      source: "SpaceR issue 32, the authors' comment",
      reliability: 'secondary',
    },
    {
      model: 'Qwen2.5-VL-7B',
      percent: 33.2,
      settings: '32.1 to 33.2',
      source: 'third-party tables',
      reliability: 'secondary',
    },
    { model: 'GPT-5', percent: 39.3, source: 'arXiv 2510.09606', reliability: 'secondary' },
  ],
};
