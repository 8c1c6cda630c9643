/**
 * The state of a run beside its weights: pass rates for the curriculum, the best held-out figure, and the figures that may end the run.
 * A checkpoint holds all of it.
 */
import { suggest } from '../../config/near-names.ts';
import type { RunConfig } from '../../config/run-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { LeadingReward } from '../../rollout/zero-variance.ts';
import type { BestStep, RunOutcome, TrainerState, WatchedFigures } from '../../spec/index.ts';
import { PassRates, passResult } from './pass-rates.ts';
import { metricName, verdict, withEvaluation, withStep } from './stop-when.ts';
import type { Verdict } from './stop-when.ts';

/** The fields of a checkpoint that hold it. */
export type CourseState = Pick<TrainerState, 'passRates' | 'best' | 'watched'>;

/** The course of one run. */
export class RunCourse {
  readonly #config: Pick<RunConfig, 'checkpoint' | 'curriculum' | 'stopWhen'>;
  readonly #leading: LeadingReward | undefined;
  #passRates: PassRates | undefined;
  #best: BestStep | undefined;
  #watched: WatchedFigures = {};
  /** Names of the figures of the evaluation after a step. */
  #evaluated: { readonly step: number; readonly names: Set<string> } | undefined;

  /** @param leading The first reward of the config, which defines a pass. */
  constructor(
    config: Pick<RunConfig, 'checkpoint' | 'curriculum' | 'stopWhen'>,
    leading: LeadingReward | undefined,
  ) {
    this.#config = config;
    this.#leading = leading;
    this.restore({});
  }

  /** Continues from the state of a checkpoint. */
  restore({ passRates, best, watched = {} }: CourseState): void {
    const { checkpoint, curriculum } = this.#config;
    this.#passRates = curriculum && new PassRates(curriculum.floor, passRates);
    this.#best = best?.figure === checkpoint.best ? best : undefined;
    this.#watched = watched;
  }

  /** For the checkpoint; empty when the config uses none of it. */
  get state(): CourseState {
    return {
      ...(this.#passRates && { passRates: this.#passRates.state }),
      ...(this.#best && { best: this.#best }),
      ...(this.#config.stopWhen && { watched: this.#watched }),
    };
  }

  /** The weights that the curriculum draws by; undefined without a curriculum. */
  get curriculum(): Pick<PassRates, 'weight'> | undefined {
    return this.#passRates;
  }

  /** The step whose checkpoint is kept as the best. */
  get best(): BestStep | undefined {
    return this.#best;
  }

  /** Why the run ends early, judged by the observed figures; undefined while it continues. */
  get verdict(): Verdict | undefined {
    const { stopWhen } = this.#config;
    return stopWhen && verdict(this.#watched, stopWhen);
  }

  /**
   * How the run ended.
   *
   * @param isLast Whether the config has no further step.
   * @param isStopped Whether someone asked for the end.
   */
  outcome(step: number, isLast: boolean, isStopped: boolean): RunOutcome {
    const kept = this.#best && { best: this.#best };
    const ended = isStopped
      ? ({ reason: 'stopped' } as const)
      : ((isLast ? undefined : this.verdict) ?? ({ reason: 'finished' } as const));
    return { step, ...ended, ...kept };
  }

  /** Records a finished step: its figures, and all sampled groups, each with its sample's index in the dataset. */
  observeStep(
    step: number,
    metrics: Readonly<Record<string, number>>,
    sampled: readonly { readonly index: number; readonly score: GroupScore }[],
  ): void {
    const { stopWhen } = this.#config;
    const leading = this.#leading;
    if (stopWhen) this.#watched = withStep(this.#watched, stopWhen, step, metrics);
    if (this.#passRates === undefined || leading === undefined) return;
    const results = sampled.flatMap(({ index, score }) => passResult(index, score, leading) ?? []);
    this.#passRates.observe(step, results);
  }

  /**
   * Records figures of an evaluation after a step, in one call or in several.
   *
   * @returns Whether the step is the best so far, so that its checkpoint is kept. The start weights (step 0) never are.
   */
  observeEvaluation(step: number, values: Readonly<Record<string, number>>): boolean {
    const { checkpoint, stopWhen } = this.#config;
    if (this.#evaluated?.step !== step) this.#evaluated = { step, names: new Set() };
    for (const name of Object.keys(values)) this.#evaluated.names.add(name);
    if (stopWhen) this.#watched = withEvaluation(this.#watched, stopWhen, step, values);
    const figure = checkpoint.best;
    if (figure === undefined || step === 0) return false;
    const value = values[metricName(figure, values)];
    if (value === undefined || !Number.isFinite(value)) return false;
    if (this.#best !== undefined && (this.#best.step === step || value <= this.#best.value)) {
      return false;
    }
    this.#best = { step, figure, value };
    return true;
  }

  /**
   * Checks that the finished evaluation has the figures that the config names.
   *
   * @throws LociError `unknown-figure`, with similar names.
   */
  assertEvaluated(step: number): void {
    if (this.#evaluated?.step !== step) return;
    const names = [...this.#evaluated.names];
    const values = Object.fromEntries(names.map((name) => [name, 0]));
    const { checkpoint, stopWhen } = this.#config;
    const wanted = [
      ['checkpoint.best', checkpoint.best],
      ['stopWhen.plateau.figure', stopWhen?.plateau?.figure],
    ] as const;
    for (const [path, figure] of wanted) {
      if (figure === undefined || metricName(figure, values) in values) continue;
      throw new LociError(
        'unknown-figure',
        `${path}: the evaluation has no figure "${figure}"; ${suggest(figure, ['answers', ...names])}`,
      );
    }
  }
}
