/** What a run warns of: rewards that fail, steps that teach nothing, samples and figures that are left out. */
import { knownValues } from '../../metrics/known-values.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { AdvantagedGroup, Logger } from '../../spec/index.ts';
import type { Refusal } from './refusal-watch.ts';
import { RewardWarnings } from './reward-warnings.ts';
import { SignalWatch } from './signal-watch.ts';

/** Warns during one run, of each thing once where it goes on. */
export class RunWarnings {
  readonly #logger: Logger;
  readonly #rewards = new RewardWarnings();
  readonly #signal: SignalWatch;
  readonly #refused = new Set<string>();
  readonly #unknownFigures = new Set<string>();

  constructor(logger: Logger, [leading]: readonly RunReward[]) {
    this.#logger = logger;
    this.#signal = new SignalWatch(leading && { name: leading.name, range: leading.reward.range });
  }

  /** Names samples that training does without. */
  nameRefused(refused: readonly Refusal[]): void {
    for (const { sampleId, reason } of refused) {
      if (this.#refused.has(sampleId)) continue;
      this.#refused.add(sampleId);
      this.#logger.warn(`Sample ${sampleId} is left out of training: ${reason}`);
    }
  }

  /** Names the rewards that failed in a step, and says when the run has had nothing to learn from for a while. */
  observe(
    step: number,
    scores: readonly GroupScore[],
    groups: ReadonlyMap<GroupScore, AdvantagedGroup>,
  ): void {
    for (const line of this.#rewards.observe(step, scores)) this.#logger.warn(line);
    const line = this.#signal.observe(step, scores, groups);
    if (line !== undefined) this.#logger.warn(line);
  }

  /** The figures that are finite numbers; the others are named. */
  knownFigures(
    step: number,
    values: Readonly<Record<string, number>>,
  ): Readonly<Record<string, number>> {
    const { known, unknown } = knownValues(values);
    for (const name of unknown) {
      if (this.#unknownFigures.has(name)) continue;
      this.#unknownFigures.add(name);
      this.#logger.warn(
        `Step ${step}: ${name} is ${values[name]}; metrics leave it out wherever it is no finite number`,
      );
    }
    return known;
  }

  /** Warns of what the whole run suffered from. */
  summarise(): void {
    for (const line of [...this.#rewards.summary(), this.#signal.summary()]) {
      if (line !== undefined) this.#logger.warn(line);
    }
  }
}
