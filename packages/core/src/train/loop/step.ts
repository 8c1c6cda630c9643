/**
 * One step of training, top to bottom: draw, sample, score, compare, weigh, update. Shapes are P prompts, G completions of each, and T
 * tokens of a completion; names such as `advantagesPG` carry them.
 *
 * The algorithm is GRPO (arXiv 2402.03300, algorithm 1) with these departures:
 *
 * 1. Rewards are rules that read the completion, several at once; there is no reward model, and none is trained along the way.
 * 2. The reference of the KL term is the start model throughout. The paper moves it up between iterations.
 * 3. A completion has one advantage, which all its tokens share: the paper's outcome supervision, without its process supervision.
 * 4. A group that lost a reward to a failure is left out, and a completion on which every reward abstained has no advantage.
 * 5. One update is made of a batch unless `updatesPerBatch` (the paper's μ) or `minibatches` asks for more. Then the ratio is 1 and
 *    nothing is clipped.
 * 6. Log-probabilities are those at the sampling temperature: of the distribution that drew the tokens.
 * 7. Loss, advantages and optimizer are parts that the config chooses. GRPO's own are the defaults.
 */
import { inject, injectable } from 'tsyringe';
import type { RunConfig } from '../../config/run-config.ts';
import { tokens } from '../../plugin/tokens.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type {
  AdvantageEstimator,
  AdvantagedGroup,
  Objective,
  Optimizer,
  Policy,
  Sampler,
  Schedule,
} from '../../spec/index.ts';
import type { RunStore } from '../run-folder/run-store.ts';
import type { DrawnPrompts } from './draw-prompts.ts';
import type { Experience, GatherRequest } from './experience.ts';
import { compare } from './compare.ts';
import { splitEvenly } from './learning-batch.ts';
import type { LearningGroup } from './learning-batch.ts';
import { measure } from './measure.ts';
import { nonFinite } from './non-finite.ts';
import { PhaseClock } from './phase-clock.ts';
import type { PromptQueue } from './prompt-queue.ts';
import { update } from './update.ts';
import type { Update } from './update.ts';
import { updateMetrics } from './update-metrics.ts';
import { weigh } from './weigh.ts';
import type { Scales } from './weigh.ts';

/** What a step takes, and whom it informs. */
export interface StepRequest extends Pick<GatherRequest, 'signal' | 'onChunk'> {
  /** Counted from 1. */
  readonly step: number;
  readonly queue: PromptQueue;
  readonly onDrawn: (drawn: DrawnPrompts) => void;
  /** Called before the policy is updated, with the groups that will be learned from. */
  readonly onCompared: (
    scores: readonly GroupScore[],
    groups: ReadonlyMap<GroupScore, AdvantagedGroup>,
  ) => void;
}

/** What a step did. */
export interface StepOutcome {
  readonly drawn: DrawnPrompts;
  readonly scores: readonly GroupScore[];
  /** The groups that were learned from, with their advantages. */
  readonly groups: ReadonlyMap<GroupScore, AdvantagedGroup>;
  /** Figures of the updates; none when no group was left to learn from, and the weights stayed. */
  readonly figures: Readonly<Record<string, number>>;
  /** By phase. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Makes the steps of a run, each from prompts to moved weights. */
@injectable()
export class TrainingStep {
  readonly #scales: Scales;

  constructor(
    @inject(tokens.RUN_CONFIG) private readonly config: RunConfig,
    @inject(tokens.RUN_STORE) private readonly store: RunStore,
    @inject(tokens.POLICY) private readonly policy: Policy,
    @inject(tokens.EXPERIENCE) private readonly experience: Experience,
    @inject(tokens.SAMPLER) sampler: Sampler,
    @inject(tokens.ADVANTAGE) private readonly advantage: AdvantageEstimator,
    @inject(tokens.OBJECTIVE) private readonly objective: Objective,
    @inject(tokens.OPTIMIZER) private readonly optimizer: Optimizer,
    @inject(tokens.SCHEDULE) private readonly schedule: Schedule,
  ) {
    const temperature = temperatureOf(config, sampler, objective);
    const drawnAt = sampler.parameters.temperature || 1;
    const objectiveName = config.objective.use;
    const sampledAlike = drawnAt === temperature;
    this.#scales = { policy, objective, objectiveName, temperature, sampledAlike };
  }

  /** @throws LociErrors of its parts, `non-finite` when an update gives no finite number. */
  async take(request: StepRequest): Promise<StepOutcome> {
    const { step, queue, signal, onChunk } = request;
    const { config, experience, objective } = this;
    const { seed } = config;
    const clock = new PhaseClock();

    // Draw P prompts.
    const drawn = await clock.time('data-wait', () => queue.next());
    request.onDrawn(drawn);

    // Sample G completions of each prompt. Demonstrations stand in for them where nothing is sampled.
    const { prompts } = drawn;
    const rolloutsPG = await experience.sample({ step, prompts, seed, clock, signal, onChunk });

    // Score: rewards [P][G], from all rewards of the run.
    const scoredPG = await clock.time('score', () => experience.score(rolloutsPG, step));

    // Measure what the frozen start model thinks of the tokens, [P][G][T], and what the objective charges for it.
    const { scores, measured } = await measure(scoredPG, this.#scales, config.minibatches, clock);

    // Compare: advantages [P][G], how much better than the others a completion is.
    const groups = compare(scores, this.advantage, config.advantage.use, objective);
    request.onCompared(scores, groups);

    // Weigh and update, once or several times.
    const learning = [...groups].map(([score, group]) => ({ ...group, ...measured.get(score) }));
    const figures = learning.length === 0 ? {} : await this.#learn(step, learning, clock);
    return { drawn, scores, groups, figures, seconds: clock.read() };
  }

  /** All updates of one batch. The learning rate is that of the step for each of them. */
  async #learn(
    step: number,
    learning: readonly LearningGroup[],
    clock: PhaseClock,
  ): Promise<Readonly<Record<string, number>>> {
    const { policy, config } = this;
    const { accumulation, minibatches, steps, updatesPerBatch } = config;
    const rate = this.optimizer.parameters.learningRate * this.schedule.factor(step - 1, steps);
    const parameters = { ...this.optimizer.parameters, learningRate: rate };
    const batches = [...splitEvenly(learning, minibatches)];
    const updates: Update[] = [];
    for (let pass = 1; pass <= updatesPerBatch; pass++) {
      for (const [index, groups] of batches.entries()) {
        // Weigh: ∂loss/∂log π [P][G][T], or the targets of a loss that the engine differentiates by itself.
        const weighed = await weigh(groups, this.#scales, clock);

        // Update: carry them back into the weights, and take one step of AdamW.
        const fail = nonFinite({ step, update: updates.length + 1, groups, weighed }, this.store);
        const done = await update(weighed, { policy, parameters, accumulation, clock, fail });
        updates.push(done);

        // The first pass fixes the old log-probabilities, to which all later ones are compared.
        batches[index] = groups.map((group, g) => ({ oldLogProbs: done.logProbs[g]!, ...group }));
      }
    }
    return updateMetrics({
      groups: batches.flat(),
      updates,
      learningRate: rate,
      learnsFrom: this.objective.learnsFrom,
      sampledAlike: this.#scales.sampledAlike,
    });
  }
}

/** Of the distribution whose log-probabilities are learned from; greedy completions and demonstrations are read at 1. */
function temperatureOf(config: RunConfig, sampler: Sampler, { learnsFrom }: Objective): number {
  const isScaled = config.logProbTemperature === 'sampling' && learnsFrom !== 'demonstrations';
  return isScaled ? sampler.parameters.temperature || 1 : 1;
}
