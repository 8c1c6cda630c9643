/** Reads what ms-swift writes: `logging.jsonl`, `completions.jsonl`, `checkpoint-N`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '@loci/core';
import type { EngineReader, EngineRollout, StepFigures } from '../job.ts';
import { checkpointSteps, figuresNamed, filesIn, objectIn } from '../reader-parts.ts';

/** Loci's names of figures that mean the same; all others are `ms-swift/<name>`. */
const NAMES: Readonly<Record<string, string>> = {
  reward: 'reward/total',
  reward_std: 'reward/std',
  loss: 'loss/total',
  grad_norm: 'update/grad-norm',
  learning_rate: 'update/learning-rate',
  kl: 'policy/kl',
  'clip_ratio/region_mean': 'policy/clip-fraction',
  'completions/mean_length': 'completion/tokens',
  'completions/clipped_ratio': 'completion/truncated',
  frac_reward_zero_std: 'groups/zero-variance',
  'entropy/mean': 'policy/full-entropy',
};

const STEP_OF_ALL = /^(\d+)\/\d+$/u;
const FOLDER = /^checkpoint-(\d+)$/u;
const WEIGHTS = /^(?:adapter_model|model.*)\.safetensors$/u;

/** The reader of ms-swift. */
export const SWIFT_READER: EngineReader = {
  metricsLine: (text) => figuresOf(objectIn(text)),
  consoleLine(text) {
    // Its log has the same objects as Python writes them.
    const [found] = /\{'loss': .*\}$/u.exec(text.trim()) ?? [];
    return found === undefined ? undefined : figuresOf(objectIn(found.replaceAll("'", '"')));
  },
  rolloutLine(text): EngineRollout | undefined {
    const line = objectIn(text);
    const { completion, step, loci } = line ?? {};
    if (typeof completion !== 'string') return undefined;
    return {
      output: completion,
      ...(step !== undefined && { step: Number(step) }),
      ...(typeof loci === 'number' && { score: loci }),
    };
  },
  loadedRows: () => undefined,
  async latestCheckpoint(checkpoints) {
    for (const step of await checkpointSteps(checkpoints, FOLDER)) {
      const directory = join(checkpoints, `checkpoint-${step}`);
      // The state of the trainer is what is written last.
      const state = await readFile(join(directory, 'trainer_state.json'), 'utf8').catch(() => '');
      if (objectIn(state) !== undefined) return { step, directory };
    }
    return undefined;
  },
  async modelFolder({ directory }) {
    const files = await filesIn(directory);
    return files.some((name) => WEIGHTS.test(name)) ? directory : undefined;
  },
  mergeEntrypoint: (directory, target) =>
    `swift export --adapters ${shellWord(directory)} --merge_lora true --output_dir ${shellWord(target)}`,
};

function figuresOf(line: Readonly<Record<string, unknown>> | undefined): StepFigures | undefined {
  const [, step] = STEP_OF_ALL.exec(String(line?.['global_step/max_steps'])) ?? [];
  if (line === undefined || step === undefined || line['loss'] === undefined) return undefined;
  return { step: Number(step), values: figuresNamed(Object.entries(line), NAMES, 'ms-swift') };
}
