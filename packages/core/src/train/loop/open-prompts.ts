import type { RunConfig } from '../../config/run-config.ts';
import type { SampleSource, TrainerState } from '../../spec/index.ts';
import { createPromptDrawer } from './draw-prompts.ts';
import type { DrawSettings, ReplacementDrawer } from './draw-prompts.ts';
import { LAG } from '../course/pass-rates.ts';
import { PromptQueue } from './prompt-queue.ts';

/** The prompts of a run's steps in order, and the drawer of replacements for groups without signal. */
export interface RunPrompts {
  readonly queue: PromptQueue;
  readonly drawer: ReplacementDrawer;
}

/**
 * The prompts of the remaining steps.
 *
 * @throws LociError `nothing-to-train-on` when there are no samples.
 */
export function openPrompts(
  source: SampleSource,
  { maxRefusedShare, prefetchSteps, promptsPerStep, seed, steps }: RunConfig,
  { step, samplesSeen }: Pick<TrainerState, 'step' | 'samplesSeen'>,
  parts: Omit<DrawSettings, 'seed' | 'maxRefusedShare'>,
): RunPrompts {
  const drawer = createPromptDrawer(source, { ...parts, seed, maxRefusedShare });
  const queue = new PromptQueue(drawer, {
    promptsPerStep,
    // A curriculum draws by results that are LAG steps old, so it cannot draw further ahead.
    ahead: parts.curriculum ? Math.min(prefetchSteps, LAG) : prefetchSteps,
    steps: steps - step,
    samplesSeen,
    stepsDone: step,
  });
  return { queue, drawer };
}
