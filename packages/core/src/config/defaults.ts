import type { RunConfig } from './run-config.ts';

/**
 * The default run: SG-RLVR on the built-in rooms with the small start model, on two CPU cores. Some values differ from SpaceR's to suit a
 * model of a million parameters; `configs/rooms.yaml` explains them.
 */
export const DEFAULT_RUN: RunConfig = {
  seed: 1,
  steps: 180,
  promptsPerStep: 8,
  updatesPerBatch: 1,
  minibatches: 1,
  accumulation: 1,
  logProbTemperature: 'sampling',
  maxFailedGroupShare: 0.25,
  maxRefusedShare: 0.25,
  prefetchSteps: 1,
  evaluate: {
    every: 0,
    questions: 'auto',
    decoding: 'auto',
    samples: 1,
    as: 'auto',
    batchSize: 48,
    controls: 'auto',
    benchmarks: [],
  },
  checkpoint: { every: 25, keep: 2 },
  trainer: { use: 'local' },
  policy: { use: 'onnx' },
  dataset: {
    use: 'rooms',
    kinds: ['absolute-distance', 'counting', 'room-size'],
    trainScenes: 480,
    testScenes: 400,
    questionsPerScene: 3,
  },
  benchmark: { use: 'spatial-qa' },
  prompt: { use: 'compact' },
  sampler: {
    completionsPerPrompt: 8,
    temperature: 1,
    topP: 1,
    topK: 0,
    repetitionPenalty: 1,
    maxNewTokens: 112,
  },
  rewards: [
    {
      use: 'answer',
      weight: 1,
      timeoutMs: 10_000,
      options: { credits: true, reading: { cellMetres: 0.7 } },
    },
    {
      use: 'map',
      weight: 1,
      timeoutMs: 10_000,
      options: {
        when: 'always',
        scoring: 'places',
        inventedCost: 0.5,
        symmetries: 'none',
        credits: true,
      },
    },
    { use: 'format', weight: 1, timeoutMs: 10_000, options: {} },
  ],
  advantage: { use: 'auto' },
  objective: { use: 'grpo', klWeight: 0.002 },
  optimizer: {
    learningRate: 3e-4,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weightDecay: 0.01,
    maxGradNorm: 1,
  },
  schedule: { use: 'cosine', warmupSteps: 5, floor: 0.1 },
  sinks: [{ use: 'jsonl' }, { use: 'tensorboard' }],
};
