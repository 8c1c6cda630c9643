import { inject, injectable } from 'tsyringe';
import type { RunConfig } from '../../config/run-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import { tokens } from '../../plugin/tokens.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type {
  AdvantageEstimator,
  AdvantagedGroup,
  Objective,
  Optimizer,
  Policy,
  Schedule,
} from '../../spec/index.ts';
import type { PhaseClock } from './phase-clock.ts';
import type { RunStore } from '../run-folder/run-store.ts';
import { updatePolicy } from './update-policy.ts';

/** Turns scored groups into one update of the policy. */
@injectable()
export class Learner {
  constructor(
    @inject(tokens.RUN_CONFIG) private readonly config: RunConfig,
    @inject(tokens.RUN_STORE) private readonly store: RunStore,
    @inject(tokens.POLICY) private readonly policy: Policy,
    @inject(tokens.ADVANTAGE) private readonly advantage: AdvantageEstimator,
    @inject(tokens.OBJECTIVE) private readonly objective: Objective,
    @inject(tokens.OPTIMIZER) private readonly optimizer: Optimizer,
    @inject(tokens.SCHEDULE) private readonly schedule: Schedule,
  ) {}

  /**
   * Advantages of the groups that may be trained on; a group that lost a reward has none.
   *
   * @throws LociError `advantage-shape` when the estimator does not give one advantage a completion.
   */
  estimateAdvantages(scores: readonly GroupScore[]): ReadonlyMap<GroupScore, AdvantagedGroup> {
    const demonstrated = this.objective.learnsFrom === 'demonstrations';
    const sound = scores.filter(({ failures }) => failures.length === 0);
    const groups = sound.map(({ group }) => group);
    const estimates = demonstrated
      ? groups.map(({ rewards }) => ({ advantages: new Float64Array(rewards.length) }))
      : this.advantage.estimate(groups);
    return new Map(
      sound.map((score, index) => {
        const estimate = estimates[index];
        if (estimate?.advantages.length !== score.group.rewards.length) {
          throw new LociError(
            'advantage-shape',
            `The advantage plugin "${this.config.advantage.use}" must give one advantage a completion, in one entry a group`,
          );
        }
        return [score, { ...score.group, ...estimate }];
      }),
    );
  }

  /**
   * @param step Counted from 1.
   * @returns Figures of the update; none when no group is left to learn from, and the weights stay.
   */
  async update(
    step: number,
    groups: readonly AdvantagedGroup[],
    clock: PhaseClock,
  ): Promise<Readonly<Record<string, number>>> {
    if (groups.length === 0) return {};
    const { learningRate } = this.optimizer.parameters;
    const factor = this.schedule.factor(step - 1, this.config.steps);
    return updatePolicy({
      step,
      policy: this.policy,
      objective: this.objective,
      groups,
      parameters: { ...this.optimizer.parameters, learningRate: learningRate * factor },
      accumulation: this.config.accumulation,
      clock,
      runDirectory: () => {
        this.store.assertWritable();
        return this.store.directory;
      },
    });
  }
}
