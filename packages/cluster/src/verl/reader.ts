/** Reads what verl writes: its metrics, its log, its rollouts, its checkpoints. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '@loci/core';
import type { EngineCheckpoint, EngineReader, EngineRollout, StepFigures } from '../job.ts';
import { checkpointSteps, figuresNamed, filesIn, objectIn } from '../reader-parts.ts';
import { sampleIdOf } from '../rows/wire-sample.ts';

/** Loci's names of figures that mean the same; all others are `verl/<name>`. */
const NAMES: Readonly<Record<string, string>> = {
  'critic/score/mean': 'reward/total',
  'actor/grad_norm': 'update/grad-norm',
  'actor/lr': 'update/learning-rate',
  'actor/kl_loss': 'policy/kl',
  'actor/pg_clipfrac': 'policy/clip-fraction',
  'actor/entropy': 'policy/full-entropy',
  'response_length/mean': 'completion/tokens',
  'response_length/clip_ratio': 'completion/truncated',
  'timing_s/gen': 'seconds/sample',
  'timing_s/update_actor': 'seconds/gradient',
  'timing_s/ref': 'seconds/reference',
  'timing_s/old_log_prob': 'seconds/log-probs',
  'timing_s/step': 'seconds/step',
};

/** `step:12 - actor/lr:1e-06 - critic/score/mean:0.5`, after whatever Ray puts before it. */
const CONSOLE_LINE = /(?:^|[\s)])step:(\d+) - (.+)$/u;
const CONSOLE_VALUE = /^([\w@/.-]+):(?:np\.\w+\()?(-?[\d.]+(?:e[+-]?\d+)?)\)?$/iu;
/** Said when both datasets are loaded and filtered. */
const LOADED = /train dataset size: (\d+), val dataset size: \d+/u;
const FOLDER = /^global_step_(\d+)$/u;

/** The reader of verl. */
export const VERL_READER: EngineReader = {
  metricsLine(text) {
    const line = objectIn(text);
    const { step, data } = line ?? {};
    if (typeof step !== 'number' || typeof data !== 'object' || data === null) return undefined;
    return { step, values: named(Object.entries(data)) };
  },
  consoleLine(text) {
    const [, step, rest] = CONSOLE_LINE.exec(text.trimEnd()) ?? [];
    if (step === undefined || rest === undefined) return undefined;
    const values = rest.split(' - ').flatMap((piece) => {
      const [, name, value] = CONSOLE_VALUE.exec(piece.trim()) ?? [];
      return name === undefined ? [] : [[name, Number(value)] as const];
    });
    return values.length === 0 ? undefined : { step: Number(step), values: named(values) };
  },
  rolloutLine(text): EngineRollout | undefined {
    const line = objectIn(text);
    if (line === undefined || typeof line['output'] !== 'string') return undefined;
    const { output, step, score, gts } = line;
    const sampleId = sampleIdOf(gts);
    return {
      output,
      ...(typeof step === 'number' && { step }),
      ...(typeof score === 'number' && { score }),
      ...(sampleId !== undefined && { sampleId }),
    };
  },
  loadedRows(text) {
    const [, count] = LOADED.exec(text) ?? [];
    return count === undefined ? undefined : { split: 'train', count: Number(count) };
  },
  async latestCheckpoint(checkpoints) {
    const steps = await checkpointSteps(checkpoints, FOLDER);
    // verl names the newest whole one last of all that it writes; a later folder is one that it was writing.
    const named = Number(await textOf(join(checkpoints, 'latest_checkpointed_iteration.txt')));
    const step = steps.find((one) => one <= named);
    return step === undefined
      ? undefined
      : { step, directory: join(checkpoints, `global_step_${step}`) };
  },
  async modelFolder({ directory }: EngineCheckpoint) {
    const actor = join(directory, 'actor');
    if (await isFile(join(actor, 'lora_adapter/adapter_model.safetensors'))) {
      return join(actor, 'lora_adapter');
    }
    const folder = join(actor, 'huggingface');
    const files = await filesIn(folder);
    return files.some((name) => name.endsWith('.safetensors')) ? folder : undefined;
  },
  mergeEntrypoint(directory, target) {
    const words = [
      '--backend',
      'fsdp',
      '--local_dir',
      `${directory}/actor`,
      '--target_dir',
      target,
    ];
    return ['python3', '-m', 'verl.model_merger', 'merge', ...words.map(shellWord)].join(' ');
  },
};

function named(values: readonly (readonly [string, unknown])[]): StepFigures['values'] {
  return figuresNamed(values, NAMES, 'verl');
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
