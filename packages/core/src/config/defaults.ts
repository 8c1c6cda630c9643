import type { RunConfig } from './run-config.ts';

/** What a run is when nothing is said: SG-RLVR on the built-in rooms with the small start model, on two CPU cores. */
export const DEFAULT_RUN: RunConfig = {
  seed: 1,
  steps: 100,
  promptsPerStep: 8,
  accumulation: 1,
  maxFailedGroupShare: 0.25,
  evaluate: { every: 0, questions: 240, decoding: 'sampled', batchSize: 24, controls: true },
  checkpoint: { every: 25, keep: 2 },
  policy: { use: 'onnx' },
  dataset: { use: 'rooms' },
  benchmark: { use: 'spatial-qa' },
  prompt: { use: 'map-imagination' },
  sampler: { use: 'sampler' },
  rewards: [
    { use: 'answer', weight: 1, timeoutMs: 10_000, options: {} },
    { use: 'map', weight: 1, timeoutMs: 10_000, options: {} },
    { use: 'format', weight: 1, timeoutMs: 10_000, options: {} },
  ],
  advantage: { use: 'group-normalised' },
  objective: { use: 'grpo' },
  optimizer: { use: 'adamw' },
  schedule: { use: 'cosine' },
  sinks: [{ use: 'jsonl' }, { use: 'tensorboard' }],
};
