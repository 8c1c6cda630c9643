/**
 * Makes a start model from random weights: draws and films rooms, pretrains the vision tower through a map read-out, then lets the whole
 * model imitate worked completions. Reinforcement learning starts from the result.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  architectureNamed,
  buildWordTokenizer,
  writeFreshModel,
  type Model,
  type OnnxPolicy,
} from '@loci/backends';
import { VisionPretraining } from '@loci/backends/internal';
import { deriveSeed, type PromptTemplate, type TrainingGroup } from '@loci/core';
import { CATEGORIES } from '@loci/datasets';
import { copyBaseModel } from './base-model.ts';
import { LessonEncoder, READOUT_CLASSES } from './lessons.ts';
import { lessonsAhead } from './lessons-ahead.ts';
import {
  dropProgress,
  keepProgress,
  progressFolder,
  readProgress,
  type Progress,
} from './progress.ts';
import {
  phaseFactor,
  PRETRAIN_OPTIMIZER,
  seenSize,
  START_SIZES,
  stepsTaken,
  type Phase,
  type PretrainRecipe,
} from './recipe.ts';
import { startFrames } from './start-frames.ts';
import { teachingOf, type Teaching } from './teaching.ts';

/** Options of a pretraining. */
export interface PretrainOptions {
  readonly recipe: PretrainRecipe;
  /** Folder of the finished model; recipe and metrics are written into it too. */
  readonly out: string;
  readonly prompt: PromptTemplate;
  /** Resolves a path of the recipe. */
  resolve(path: string): string;
  /** Opens the fresh model on the engine that trains it. */
  open(modelFolder: string): Promise<OnnxPolicy>;
  /** Prints a line for people. */
  log(line: string): void;
  /** Receives the progress; without it, lines report it now and then. */
  readonly progress?: (label: string, done: number, total: number, text: string) => void;
  /** Steps between two saves, which leave a usable model and a state to continue from. Default: 250. */
  readonly keepEvery?: number;
  /** Called after each save. @param imitated finished steps of imitation. */
  afterKeeping?(imitated: number): void;
}

const METRICS = 'pretrain-metrics.jsonl';
const LOG_EVERY = 50;
/** Filmed rooms between two lines, where no progress is shown. */
const ROOMS_LOGGED = 500;
/** Default number of steps between two saves. */
const KEEP_EVERY = 250;

/** Runs the steps of a phase from `first` on. @param step returns the loss of one step. @param keep saves the state every `keepEvery` steps. */
async function runPhase(
  name: string,
  phase: Phase,
  { out, log, progress, keepEvery = KEEP_EVERY }: PretrainOptions,
  step: (index: number, learningRate: number) => Promise<number>,
  keep: (done: number) => Promise<void>,
  first = 0,
): Promise<void> {
  const started = performance.now();
  const steps = stepsTaken(phase);
  let recent = 0;
  for (let index = first; index < steps; index++) {
    recent += await step(index, phase.learningRate * phaseFactor(index, phase));
    const done = index + 1;
    const mean = recent / ((index % LOG_EVERY) + 1);
    progress?.(name, done, steps, `loss ${mean.toFixed(3)}`);
    if (done % LOG_EVERY === 0 || done === steps) {
      const loss = mean;
      const seconds = (performance.now() - started) / 1000;
      recent = 0;
      appendFileSync(
        join(out, METRICS),
        `${JSON.stringify({ phase: name, step: done, loss, seconds: Math.round(seconds) })}\n`,
      );
      const isDue = progress === undefined && done % (LOG_EVERY * 4) === 0;
      if (isDue || done === steps) {
        log(`${name} ${done}/${steps} loss ${loss.toFixed(3)} (${seconds.toFixed(0)} s)`);
      }
    }
    if (done % keepEvery === 0) await keep(done);
  }
}

async function warmUp(
  policy: OnnxPolicy,
  encoder: LessonEncoder,
  teaching: Teaching,
  options: PretrainOptions,
): Promise<void> {
  const { seed, warmUp: phase } = options.recipe;
  const readout = await VisionPretraining.start(
    policy.engine,
    CATEGORIES.length,
    READOUT_CLASSES,
    deriveSeed(seed, 'readout'),
  );
  const step = lessonsAhead(
    stepsTaken(phase),
    (index) => teaching.warmUp(index, encoder),
    (examples, learningRate) => readout.step(examples, { ...PRETRAIN_OPTIMIZER, learningRate }),
  );
  await runPhase('warm-up', phase, options, step, () =>
    policy.save(options.out, { optimizer: false }),
  );
  await readout.finish();
}

const NOT_BEGUN = { drilled: 0, imitated: 0 } as const;

/** Finished steps of the imitation and of the drills before it. */
type Begun = Pick<Progress, 'drilled' | 'imitated'>;

/** Runs the phases in which the whole model learns completions. */
async function imitate(
  policy: OnnxPolicy,
  encoder: LessonEncoder,
  teaching: Teaching,
  options: PretrainOptions,
  begun: Begun,
): Promise<void> {
  const { recipe, out } = options;
  const learn = (phase: Phase, lessons: (step: number) => TrainingGroup[]) =>
    lessonsAhead(stepsTaken(phase), lessons, async (groups, learningRate) => {
      const { loss } = await policy.forwardBackward(groups, { kind: 'cross-entropy' });
      await policy.optimStep({ ...PRETRAIN_OPTIMIZER, learningRate });
      return loss;
    });
  const keep = async (done: Begun) => {
    await policy.save(out, { optimizer: false });
    await keepProgress(out, policy, recipe, { ...done, metrics: readMetrics(out) });
    options.afterKeeping?.(done.imitated);
  };
  const drilled = recipe.course?.drilled;
  if (drilled !== undefined && begun.imitated === 0) {
    const step = learn(drilled, (index) => teaching.drills!(index, encoder));
    const after = (done: number) => keep({ drilled: done, imitated: 0 });
    await runPhase('drills', drilled, options, step, after, begun.drilled);
  }
  const step = learn(recipe.supervised, (index) => teaching.imitation(index, encoder));
  const after = (imitated: number) =>
    keep({ drilled: drilled ? stepsTaken(drilled) : 0, imitated });
  await runPhase('supervised', recipe.supervised, options, step, after, begun.imitated);
}

function readMetrics(out: string): string {
  return readFileSync(join(out, METRICS), 'utf8');
}

/** Writes the model that training starts from into the folder: a fresh one, or the recipe's base. */
async function startingModel(
  { recipe, out, resolve }: PretrainOptions,
  { texts }: Teaching,
  addedTexts: readonly string[],
): Promise<Model> {
  const { architecture, base, seed } = recipe;
  if (base !== undefined) return copyBaseModel(base, resolve, out);
  return writeFreshModel(out, {
    architecture: architectureNamed(architecture),
    sizes: START_SIZES,
    tokenizer: buildWordTokenizer({ texts: [...texts, ...addedTexts] }),
    frames: startFrames,
    seed: deriveSeed(seed, 'weights'),
  });
}

/**
 * Makes the start model and writes it into `options.out` in Hugging Face layout, with `recipe.json` and `pretrain-metrics.jsonl`.
 * The same recipe gives the same rooms, questions, initial weights and order of examples. A pretraining that was stopped
 * during the imitation continues from its last saved state, in `<out>.progress`.
 *
 * @throws LociError `recipe-differs` or `progress-unreadable` where such a state belongs to another recipe or is damaged.
 */
export async function pretrain(options: PretrainOptions): Promise<void> {
  const { recipe, out, prompt, log } = options;
  const progress = readProgress(out, recipe);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
  writeFileSync(join(out, METRICS), progress?.metrics ?? '');
  const architecture = architectureNamed(recipe.architecture);
  const { prompts, ...shape } = architecture.fresh(START_SIZES, buildWordTokenizer({ texts: [] }));
  const teaching = teachingOf(recipe, prompt, seenSize(shape), (rooms) => {
    options.progress?.('filmed', rooms, recipe.rooms, 'rooms');
    const isDue = options.progress === undefined && rooms % ROOMS_LOGGED === 0;
    if (isDue) log(`filmed ${rooms}/${recipe.rooms} rooms`);
  });
  const model = await startingModel(options, teaching, prompts.addedTexts);
  const policy = await options.open(out);
  try {
    const encoder = await LessonEncoder.open(out, model, prompt);
    if (progress === undefined) {
      if (recipe.base === undefined) await warmUp(policy, encoder, teaching, options);
      await keepProgress(out, policy, recipe, { ...NOT_BEGUN, metrics: readMetrics(out) });
    } else {
      await policy.load(progressFolder(out));
      log(`continues after ${progress.drilled + progress.imitated} steps`);
    }
    await imitate(policy, encoder, teaching, options, progress ?? NOT_BEGUN);
    await policy.save(out, { optimizer: false });
    dropProgress(out);
    log(`start model written to ${out}`);
  } finally {
    await policy.dispose();
  }
}
