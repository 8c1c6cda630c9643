import type { Logger, MetricSink } from '../../../spec/index.ts';
import { AlertWatch } from './alert-watch.ts';
import type { AlertOptions } from './alert-watch.ts';

/** Raises the alerts of a running training: a warning for people, and a record for every sink that takes alerts. */
export class RunAlerts {
  readonly #watch: AlertWatch;
  readonly #logger: Logger;
  readonly #sinks: readonly MetricSink[];

  constructor(options: AlertOptions, logger: Logger, sinks: readonly MetricSink[]) {
    this.#watch = new AlertWatch(options);
    this.#logger = logger;
    this.#sinks = sinks;
  }

  /** Takes the figures of a step, after the sinks. */
  observe(step: number, figures: Readonly<Record<string, number>>): void {
    for (const alert of this.#watch.observe(step, figures)) {
      this.#logger.warn(`Alert of step ${step}: ${alert.message}`);
      for (const sink of this.#sinks) sink.alert?.(alert);
    }
  }
}
