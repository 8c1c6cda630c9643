/** Watches the figures of a run step by step and raises alerts, during the run or later from its stored metrics. */
import type { AlertSettings } from '../../../config/alert-settings.ts';
import { DEFAULT_ALERTS } from '../../../config/alert-settings.ts';
import type { AlertName, MetricRecord, RunAlert } from '../../../spec/index.ts';
import { ALERT_RULES } from './alert-rules.ts';
import { FigureHistory } from './figure-history.ts';

/** The fields of a run's config that an `AlertWatch` needs. */
export interface AlertOptions {
  /** False: no alerts; absent: the default thresholds. */
  readonly alerts?: AlertSettings | false | undefined;
  readonly promptsPerStep: number;
}

/** Raises each alert once while its cause lasts, and again after the cause was absent for a whole window. */
export class AlertWatch {
  readonly #settings: AlertSettings | undefined;
  readonly #groupsPerStep: number;
  readonly #figures: FigureHistory;
  /** Alerts that were raised, with the steps since they last held. */
  readonly #raised = new Map<AlertName, number>();

  constructor({ alerts = DEFAULT_ALERTS, promptsPerStep }: AlertOptions) {
    this.#settings = alerts === false ? undefined : alerts;
    this.#groupsPerStep = promptsPerStep;
    this.#figures = new FigureHistory(this.#settings?.window ?? 1);
  }

  /** @returns The alerts that the figures of a step raise. */
  observe(step: number, figures: Readonly<Record<string, number>>): readonly RunAlert[] {
    if (this.#settings === undefined) return [];
    this.#figures.add(figures);
    const context = {
      figures: this.#figures,
      settings: this.#settings,
      groupsPerStep: this.#groupsPerStep,
    };
    return (Object.keys(ALERT_RULES) as AlertName[]).flatMap((name) => {
      const found = ALERT_RULES[name](context);
      const calm = this.#raised.get(name);
      if (found === undefined) {
        if (calm !== undefined) this.#raised.set(name, calm + 1);
        return [];
      }
      this.#raised.set(name, 0);
      if (calm !== undefined && calm < context.settings.window) return [];
      return [{ step, name, ...found }];
    });
  }
}

/**
 * The alerts that stored figures raise, in order. Records of evaluations raise none.
 *
 * @example findAlerts(metrics, { promptsPerStep: 8 }) // [{ step: 120, name: 'kl-grows', … }]
 */
export function findAlerts(
  records: readonly MetricRecord[],
  options: AlertOptions,
): readonly RunAlert[] {
  const watch = new AlertWatch(options);
  return records
    .filter(({ values }) => 'seconds/step' in values)
    .flatMap(({ step, values }) => watch.observe(step, values));
}
