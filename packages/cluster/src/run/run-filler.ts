/**
 * Fills the folder of a run that trains elsewhere: figures to the sinks, alerts, rollouts. `cluster.json` records the last complete step.
 * Anything that an interrupted filler wrote beyond it is dropped and written again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlertWatch } from '@loci/core';
import type { Logger, MetricSink, RunConfig, RunStore } from '@loci/core';
import type { StepFigures } from '../job.ts';
import type { RecordKeeper } from './cluster-record.ts';
import type { StepRollouts } from './step-rollouts.ts';

/** Collaborators and settings of `RunFiller`. */
export interface FillerOptions {
  readonly store: RunStore;
  readonly sinks: readonly MetricSink[];
  readonly keeper: RecordKeeper;
  readonly config: Pick<RunConfig, 'alerts' | 'promptsPerStep'>;
  readonly logger: Logger;
  /** Rollouts of a step, with the figures that only they have. */
  readonly rollouts: StepRollouts;
}

/** Whether figures belong to a step of training, and not only to an evaluation. */
function isTraining({ values }: StepFigures): boolean {
  return 'reward/total' in values || 'seconds/step' in values;
}

/** Writes steps in order, each once. */
export class RunFiller {
  readonly #options: FillerOptions;
  readonly #alerts: AlertWatch;

  constructor(options: FillerOptions) {
    this.#options = options;
    const { alerts, promptsPerStep } = options.config;
    this.#alerts = new AlertWatch({ alerts, promptsPerStep });
  }

  /** The last written step; -1 where there is none. */
  get filled(): number {
    return this.#options.keeper.record.filled;
  }

  /** Drops later steps, which an interrupted filler or an abandoned attempt wrote. */
  rewind(step: number): void {
    const { store, sinks, keeper } = this.#options;
    if (step < this.filled) keeper.change({ filled: step });
    store.rewind(Math.max(0, step), false);
    for (const sink of sinks) sink.rewind?.(step);
    // The alerts need the figures of the remaining steps.
    for (const { step: earlier, values } of storedFigures(store.directory)) {
      if (isTraining({ step: earlier, values })) this.#alerts.observe(earlier, values);
    }
  }

  /** Starts a new attempt: skips what was scored for earlier ones. */
  beginAttempt(): void {
    const { keeper, rollouts } = this.#options;
    rollouts.skip();
    keeper.change({ scoredBytes: rollouts.consumed });
  }

  /**
   * Writes a step.
   *
   * @returns All its figures, or undefined for a step that is already written.
   */
  write(figures: StepFigures): Readonly<Record<string, number>> | undefined {
    const { keeper, sinks, store, rollouts, logger } = this.#options;
    const { step } = figures;
    if (keeper.attempt?.firstStep === undefined && isTraining(figures)) {
      // A job that continues from a checkpoint repeats the steps after it.
      if (step <= this.filled) this.rewind(step - 1);
      keeper.changeAttempt({ firstStep: step });
    }
    if (step <= this.filled) return undefined;
    const found = isTraining(figures) ? rollouts.of(step) : { text: '', values: {} };
    if (found.text !== '') store.appendRolloutText(found.text);
    const values = { ...figures.values, ...found.values };
    for (const sink of sinks) sink.write({ step, values });
    if (isTraining(figures)) {
      for (const alert of this.#alerts.observe(step, values)) {
        logger.warn(`Alert of step ${step}: ${alert.message}`);
        for (const sink of sinks) sink.alert?.(alert);
      }
    }
    keeper.change({ filled: step, scoredBytes: rollouts.consumed });
    return values;
  }
}

/** The figures in the folder, as the sink `jsonl` wrote them. */
function storedFigures(directory: string): readonly StepFigures[] {
  const file = join(directory, 'metrics.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { step, ...values } = JSON.parse(line) as Readonly<Record<string, number>>;
      return { step: step ?? 0, values };
    });
}
