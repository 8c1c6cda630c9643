/**
 * Makes a start model from nothing: rooms are drawn and filmed, the vision tower is warmed up by reading maps off it, then
 * the whole model imitates worked completions. Reinforcement learning starts where this ends.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  architectureNamed,
  buildWordTokenizer,
  writeFreshModel,
  type OnnxPolicy,
} from '@loci/backends';
import { VisionPretraining } from '@loci/backends/internal';
import {
  deriveSeed,
  randomStream,
  type PromptTemplate,
  type RandomStream,
  type TrainingGroup,
} from '@loci/core';
import { CATEGORIES } from '@loci/datasets';
import {
  drawLessons,
  LessonEncoder,
  lessonTexts,
  READOUT_CLASSES,
  type Lesson,
} from './lessons.ts';
import {
  phaseFactor,
  PRETRAIN_OPTIMIZER,
  seenSize,
  START_SIZES,
  startFrames,
  type Phase,
  type PretrainRecipe,
} from './recipe.ts';

/** What a pretraining is given. */
export interface PretrainOptions {
  readonly recipe: PretrainRecipe;
  /** Folder of the finished model; recipe and metrics are written into it too. */
  readonly out: string;
  readonly prompt: PromptTemplate;
  /** Opens the fresh model on the engine that trains it. */
  open(modelFolder: string): Promise<OnnxPolicy>;
  /** A line for people. */
  log(line: string): void;
  /** How far a piece of the work has come; where it is absent, lines say so now and then. */
  readonly progress?: (label: string, done: number, total: number, text: string) => void;
}

const METRICS = 'pretrain-metrics.jsonl';
const LOG_EVERY = 50;
/** Steps between two savings, so that an interrupted pretraining leaves a usable model. */
const SAVE_EVERY = 500;

/** A seeded draw of `count` items, with repetition. */
function draw<Item>(items: readonly Item[], count: number, random: RandomStream): Item[] {
  return Array.from({ length: count }, () => items[Math.floor(random() * items.length)]!);
}

/** Makes every completion token of a batch weigh the same and the weights sum to 1. */
export function asTokenMean(groups: readonly TrainingGroup[]): TrainingGroup[] {
  const total = groups.reduce((sum, { completions }) => sum + completions[0]!.length, 0);
  return groups.map((group) => ({
    ...group,
    targets: group.targets.map(({ weights }) => ({ weights: weights.map(() => 1 / total) })),
  }));
}

/** Runs a phase; `step` returns the loss of one step. */
async function runPhase(
  name: string,
  phase: Phase,
  policy: OnnxPolicy,
  { out, log, progress }: PretrainOptions,
  step: (index: number, learningRate: number) => Promise<number>,
): Promise<void> {
  const started = performance.now();
  let recent = 0;
  for (let index = 0; index < phase.steps; index++) {
    recent += await step(index, phase.learningRate * phaseFactor(index, phase));
    const since = recent / ((index % LOG_EVERY) + 1);
    progress?.(name, index + 1, phase.steps, `loss ${since.toFixed(3)}`);
    if ((index + 1) % SAVE_EVERY === 0) await policy.save(out, { optimizer: false });
    if ((index + 1) % LOG_EVERY !== 0 && index + 1 !== phase.steps) continue;
    const loss = since;
    const seconds = (performance.now() - started) / 1000;
    recent = 0;
    appendFileSync(
      join(out, METRICS),
      `${JSON.stringify({ phase: name, step: index + 1, loss, seconds: Math.round(seconds) })}\n`,
    );
    const isDue = progress === undefined && (index + 1) % (LOG_EVERY * 4) === 0;
    if (isDue || index + 1 === phase.steps) {
      log(`${name} ${index + 1}/${phase.steps} loss ${loss.toFixed(3)} (${seconds.toFixed(0)} s)`);
    }
  }
}

async function warmUp(
  policy: OnnxPolicy,
  encoder: LessonEncoder,
  lessons: readonly Lesson[],
  options: PretrainOptions,
): Promise<void> {
  const { seed, warmUp: phase } = options.recipe;
  const readout = await VisionPretraining.start(
    policy.engine,
    CATEGORIES.length,
    READOUT_CLASSES,
    deriveSeed(seed, 'readout'),
  );
  await runPhase('warm-up', phase, policy, options, (index, learningRate) => {
    const random = randomStream(deriveSeed(seed, 'warm-up', index));
    const examples = draw(lessons, phase.batch, random).map((lesson) => encoder.readout(lesson));
    return readout.step(examples, { ...PRETRAIN_OPTIMIZER, learningRate });
  });
  await readout.finish();
}

async function imitate(
  policy: OnnxPolicy,
  encoder: LessonEncoder,
  lessons: readonly Lesson[],
  options: PretrainOptions,
): Promise<void> {
  const { seed, supervised: phase } = options.recipe;
  await runPhase('supervised', phase, policy, options, async (index, learningRate) => {
    const random = randomStream(deriveSeed(seed, 'supervised', index));
    const groups = draw(lessons, phase.batch, random).map((lesson) =>
      encoder.demonstration(lesson, Math.floor(random() * lesson.room.questions.length)),
    );
    const { loss } = await policy.forwardBackward(asTokenMean(groups), { kind: 'cross-entropy' });
    await policy.optimStep({ ...PRETRAIN_OPTIMIZER, learningRate });
    return loss;
  });
}

/**
 * Makes the start model and leaves it in `options.out` in Hugging Face layout, beside `recipe.json` and `pretrain-metrics.jsonl`.
 * The same recipe gives the same rooms, questions, weights to start from and order of examples.
 */
export async function pretrain(options: PretrainOptions): Promise<void> {
  const { recipe, out, prompt, log, progress } = options;
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
  writeFileSync(join(out, METRICS), '');
  const architecture = architectureNamed(recipe.architecture);
  const { prompts, ...shape } = architecture.fresh(START_SIZES, buildWordTokenizer({ texts: [] }));
  const lessons: Lesson[] = [];
  for (const lesson of drawLessons(recipe, 'train', recipe.rooms, seenSize(shape))) {
    lessons.push(lesson);
    progress?.('filming rooms', lessons.length, recipe.rooms, '');
    if (progress === undefined && lessons.length % 500 === 0)
      log(`filmed ${lessons.length}/${recipe.rooms} rooms`);
  }
  const tokenizer = buildWordTokenizer({
    texts: [...lessonTexts(lessons, prompt), ...prompts.addedTexts],
  });
  const model = await writeFreshModel(out, {
    architecture,
    sizes: START_SIZES,
    tokenizer,
    frames: startFrames,
    seed: deriveSeed(recipe.seed, 'weights'),
  });
  const policy = await options.open(out);
  try {
    const encoder = await LessonEncoder.open(out, model, prompt);
    await warmUp(policy, encoder, lessons, options);
    await imitate(policy, encoder, lessons, options);
    await policy.save(out, { optimizer: false });
    log(`start model written to ${out}`);
  } finally {
    await policy.dispose();
  }
}
