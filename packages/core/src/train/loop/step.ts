/**
 * One step of training, top to bottom: draw, sample, score, compare, weigh, update. Shapes are P prompts, G completions of each, and T
 * tokens of a completion; names such as `advantagesPG` carry them.
 *
 * The algorithm is GRPO (arXiv 2402.03300, algorithm 1) with these departures:
 *
 * 1. Rewards are rules that read the completion, several at once; there is no reward model, and none is trained along the way.
 * 2. The reference of the KL term is the start model throughout. The paper moves it up between iterations.
 * 3. A completion has one advantage, which all its tokens share: the paper's outcome supervision. The advantage plugin `span-credit`
 *    tells tokens apart where a reward credits stretches of the text, as the paper's process supervision does.
 * 4. A group that lost a reward to a failure is left out, and a completion on which every reward abstained has no advantage.
 * 5. One update is made of a batch unless `updatesPerBatch` (the paper's μ) or `minibatches` asks for more. Then the ratio is 1 and
 *    nothing is clipped.
 * 6. Log-probabilities are those at the sampling temperature: of the distribution that drew the tokens.
 * 7. Groups that teach nothing may give way to others, and truncated completions may be left out, where the config asks for it.
 * 8. Loss, advantages and optimizer are parts that the config chooses. GRPO's own are the defaults.
 */
import { inject, injectable } from 'tsyringe';
import type { RunConfig } from '../../config/run-config.ts';
import { tokens } from '../../plugin/tokens.ts';
import { deriveSeed } from '../../random/seed.ts';
import type { PromptedSample } from '../../rollout/collect-groups.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type {
  AdvantageEstimator,
  Objective,
  Optimizer,
  Policy,
  Sampler,
  Schedule,
} from '../../spec/index.ts';
import type { RunStore } from '../run-folder/run-store.ts';
import type { Refusal } from '../watch/refusal-watch.ts';
import type { DrawnPrompts } from './draw-prompts.ts';
import { gatherGroups } from './dynamic-sampling.ts';
import type { Advantaged, GatheredGroups } from './dynamic-sampling.ts';
import type { Experience, GatherRequest } from './experience.ts';
import { compare } from './compare.ts';
import { estimateFinished, trainedOf } from './leave-out-truncated.ts';
import { splitEvenly } from './learning-batch.ts';
import type { LearningGroup } from './learning-batch.ts';
import { measure } from './measure.ts';
import type { Measured } from './measure.ts';
import { nonFinite } from './non-finite.ts';
import { PhaseClock } from './phase-clock.ts';
import type { RunPrompts } from './open-prompts.ts';
import { withTokenAdvantages } from './token-advantages.ts';
import { update } from './update.ts';
import type { Update } from './update.ts';
import { updateMetrics } from './update-metrics.ts';
import { weigh } from './weigh.ts';
import type { Scales } from './weigh.ts';

/** What a step takes, and whom it informs. */
export interface StepRequest extends Pick<GatherRequest, 'signal' | 'onChunk'> {
  /** Counted from 1. */
  readonly step: number;
  readonly prompts: RunPrompts;
  readonly onRefused: (refused: readonly Refusal[]) => void;
  /** Called before the policy is updated, with the groups that will be learned from, and those sampled in vain. */
  readonly onCompared: (gathered: GatheredGroups) => void;
}

/** What a step did. */
export interface StepOutcome {
  readonly drawn: DrawnPrompts;
  /** The groups that were learned from, with their advantages, and all others that were sampled. */
  readonly gathered: GatheredGroups;
  /** Figures of the updates; none when no group was left to learn from, and the weights stayed. */
  readonly figures: Readonly<Record<string, number>>;
  /** By phase. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Prompts that are sampled at once. */
interface Attempt {
  readonly asked: readonly PromptedSample[];
  /** Those that the step drew before. */
  readonly others: readonly PromptedSample[];
  /** 0 for the prompts drawn first. */
  readonly attempt: number;
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
    const { step, prompts, onRefused } = request;
    const clock = new PhaseClock();
    const measured = new Map<GroupScore, Measured>();

    // Draw P prompts.
    const drawn = await clock.time('data-wait', () => prompts.queue.next());
    onRefused(drawn.refused);

    // Sample, score, and compare; then again with other prompts, in place of groups that teach nothing, as often as the config allows.
    const gathered = await gatherGroups(drawn, {
      attempts: this.config.dynamicSampling?.attempts ?? 0,
      sample: (asked, attempt) => {
        const others = attempt === 0 ? [] : drawn.prompts;
        return this.#sample(request, { asked, others, attempt }, clock, measured);
      },
      estimate: (scores) => this.#compare(scores),
      replace: (count, attempt, taken) =>
        clock.time('data-wait', () => prompts.drawer.replace(count, step, attempt, taken)),
    });
    onRefused(gathered.refused);
    request.onCompared(gathered);

    // Weigh and update, once or several times.
    const learning = [...gathered.groups].flatMap(([score, group]) => {
      const trained = trainedOf({ ...group, ...measured.get(score) });
      return trained === undefined ? [] : withTokenAdvantages(trained, this.policy.processor);
    });
    const figures = learning.length === 0 ? {} : await this.#learn(step, learning, clock);
    return { drawn, gathered, figures, seconds: clock.read() };
  }

  /** What an attempt samples depends on the run's seed, the step and the attempt; 0 is that of the prompts drawn first. */
  async #sample(
    { step, signal, onChunk }: StepRequest,
    { asked: prompts, others, attempt }: Attempt,
    clock: PhaseClock,
    measuredSoFar: Map<GroupScore, Measured>,
  ): Promise<readonly GroupScore[]> {
    const { config, experience } = this;
    const seed = attempt === 0 ? config.seed : deriveSeed(config.seed, 'attempt', attempt);

    // Sample G completions of each prompt. Demonstrations stand in for them where nothing is sampled.
    const rolloutsPG = await experience.sample({
      step,
      prompts,
      others,
      seed,
      clock,
      signal,
      onChunk,
    });

    // Score: rewards [P][G], from all rewards of the run.
    const scoredPG = await clock.time('score', () => experience.score(rolloutsPG, step));

    // Measure what the frozen start model thinks of the tokens, [P][G][T], and what the objective charges for it.
    const { scores, measured } = await measure(scoredPG, this.#scales, config.minibatches, clock);
    for (const [score, found] of measured) measuredSoFar.set(score, found);
    return scores;
  }

  /** Advantages [P][G]: how much better than the others of its group a completion is. */
  #compare(scoresPG: readonly GroupScore[]): Advantaged {
    const { config, advantage, objective } = this;
    const estimate = (scores: readonly GroupScore[]): Advantaged =>
      compare(scores, advantage, config.advantage.use, objective);
    return config.leaveOutTruncated === true
      ? estimateFinished(scoresPG, estimate)
      : estimate(scoresPG);
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
