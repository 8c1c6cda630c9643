/** The warnings of a run: rewards that fail, steps that teach nothing, samples and figures that are left out. */
import { knownValues } from '../../metrics/known-values.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { AdvantagedGroup, Logger } from '../../spec/index.ts';
import type { SkippedSample } from './skip-watch.ts';
import { RewardWarnings } from './reward-warnings.ts';
import { SignalWatch } from './signal-watch.ts';

/** Warns during one run, once of each lasting problem. */
export class RunWarnings {
  readonly #logger: Logger;
  readonly #rewards = new RewardWarnings();
  readonly #signal: SignalWatch;
  readonly #skipped = new Set<string>();
  readonly #unknownFigures = new Set<string>();

  constructor(logger: Logger, [leading]: readonly RunReward[]) {
    this.#logger = logger;
    this.#signal = new SignalWatch(leading && { name: leading.name, range: leading.reward.range });
  }

  /** Names samples that training skips. */
  nameSkipped(skipped: readonly SkippedSample[]): void {
    for (const { sampleId, reason } of skipped) {
      if (this.#skipped.has(sampleId)) continue;
      this.#skipped.add(sampleId);
      this.#logger.warn(`Sample ${sampleId} is left out of training: ${reason}`);
    }
  }

  /** Names the rewards that failed in a step, and warns when several steps in a row taught nothing. */
  observe(
    step: number,
    scores: readonly GroupScore[],
    groups: ReadonlyMap<GroupScore, AdvantagedGroup>,
  ): void {
    for (const line of this.#rewards.observe(step, scores)) this.#logger.warn(line);
    const line = this.#signal.observe(step, scores, groups);
    if (line !== undefined) this.#logger.warn(line);
  }

  /** The figures that are finite numbers; warns of the others. */
  knownFigures(
    step: number,
    values: Readonly<Record<string, number>>,
  ): Readonly<Record<string, number>> {
    const { known, unknown } = knownValues(values);
    for (const name of unknown) {
      if (this.#unknownFigures.has(name)) continue;
      this.#unknownFigures.add(name);
      this.#logger.warn(
        `Step ${step}: ${name} is ${values[name]}; metrics leave out figures that are not finite`,
      );
    }
    return known;
  }

  /** Warns of problems that lasted for the whole run. */
  summarize(): void {
    for (const line of [...this.#rewards.summary(), this.#signal.summary()]) {
      if (line !== undefined) this.#logger.warn(line);
    }
  }
}
