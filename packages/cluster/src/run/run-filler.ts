/**
 * Fills the folder of a run with what an engine did elsewhere: figures to the sinks, alerts, rollouts. How far it has come stands in
 * `cluster.json`; what an interrupted filler wrote beyond that is dropped and written again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlertWatch } from '@loci/core';
import type { Logger, MetricSink, RunConfig, RunStore } from '@loci/core';
import type { StepFigures } from '../job.ts';
import type { RecordKeeper } from './cluster-record.ts';
import type { StepRollouts } from './step-rollouts.ts';

/** What is filled, and from what. */
export interface FillerOptions {
  readonly store: RunStore;
  readonly sinks: readonly MetricSink[];
  readonly keeper: RecordKeeper;
  readonly config: Pick<RunConfig, 'alerts' | 'promptsPerStep'>;
  readonly logger: Logger;
  /** Rollouts of a step, with the figures that only they tell. */
  readonly rollouts: StepRollouts;
}

/** Whether figures are those of a step of training, and not of an evaluation alone. */
export function isTraining({ values }: StepFigures): boolean {
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

  /** The last step that is written; -1 where none is. */
  get filled(): number {
    return this.#options.keeper.record.filled;
  }

  /** Drops what was written of later steps, by an interrupted filler or of a course that was left. */
  rewind(step: number): void {
    const { store, sinks, keeper } = this.#options;
    if (step < this.filled) keeper.change({ filled: step });
    store.rewind(Math.max(0, step), false);
    for (const sink of sinks) sink.rewind?.(step);
    // The alerts look back on the figures that are still there.
    for (const { step: earlier, values } of storedFigures(store.directory)) {
      if (isTraining({ step: earlier, values })) this.#alerts.observe(earlier, values);
    }
  }

  /** A new attempt begins: what was scored for those before it is no part of it. */
  beginAttempt(): void {
    const { keeper, rollouts } = this.#options;
    rollouts.skip();
    keeper.change({ scoredBytes: rollouts.consumed });
  }

  /**
   * Writes a step.
   *
   * @returns All its figures, or undefined of a step that is there already.
   */
  write(figures: StepFigures): Readonly<Record<string, number>> | undefined {
    const { keeper, sinks, store, rollouts, logger } = this.#options;
    const { step } = figures;
    if (keeper.attempt?.firstStep === undefined && isTraining(figures)) {
      // A job that goes on from a checkpoint repeats the steps after it.
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

/** The figures that stand in the folder, as the sink `jsonl` writes them. */
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
