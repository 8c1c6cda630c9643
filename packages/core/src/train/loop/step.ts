/**
 * One step of training, top to bottom: draw, sample, score, compare, weigh, update. Names such as `scoresPG` end in their shape: P prompts,
 * G completions of each, T tokens of a completion.
 *
 * The algorithm is GRPO (arXiv 2402.03300, algorithm 1) with these departures:
 *
 * 1. Several rewards read the completion, most of them rules. No reward model is trained along the way.
 * 2. The reference of the KL term is always the start model. The paper replaces it between iterations.
 * 3. A completion has one advantage, which all its tokens share: the paper's outcome supervision. The advantage plugin `span-credit`
 *    gives tokens different advantages where a reward credits stretches of the text, as the paper's process supervision does.
 * 4. A group that lost a reward to a failure is left out, and a completion on which every reward abstained has no advantage.
 * 5. By default a batch makes one update, so the ratio is 1 and nothing is clipped. `updatesPerBatch` (the paper's μ) and `minibatches`
 *    make more.
 * 6. Log-probabilities are taken at the sampling temperature, so they are those of the distribution that drew the tokens.
 * 7. The config may replace groups that teach nothing, and leave out truncated completions.
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
import type { SkippedSample } from '../watch/skip-watch.ts';
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

/** The prompts of a step, and the listeners that it informs. */
export interface StepRequest extends Pick<GatherRequest, 'signal' | 'onChunk'> {
  /** Counted from 1. */
  readonly step: number;
  readonly prompts: RunPrompts;
  readonly onSkipped: (skipped: readonly SkippedSample[]) => void;
  /** Called before the policy is updated, with the groups that will be learned from and those that were replaced. */
  readonly onCompared: (gathered: GatheredGroups) => void;
}

/** The result of a step. */
export interface StepOutcome {
  readonly drawn: DrawnPrompts;
  /** The groups that were learned from, with their advantages, and all other sampled ones. */
  readonly gathered: GatheredGroups;
  /** Figures of the updates; empty when no group was left to learn from, so that the weights stayed. */
  readonly figures: Readonly<Record<string, number>>;
  /** By phase. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Prompts that are sampled together. */
interface Attempt {
  readonly prompts: readonly PromptedSample[];
  /** Prompts that the step drew before. */
  readonly others: readonly PromptedSample[];
  /** 0 for the prompts drawn first. */
  readonly attempt: number;
}

/** Makes the steps of a run, each from prompts to updated weights. */
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
    const { step, prompts, onSkipped } = request;
    const clock = new PhaseClock();
    const measured = new Map<GroupScore, Measured>();

    // Draw P prompts.
    const drawn = await clock.time('data-wait', () => prompts.queue.next());
    onSkipped(drawn.skipped);

    // Sample, score, and compare. Then replace groups that teach nothing, as often as the config allows.
    const gathered = await gatherGroups(drawn, {
      attempts: this.config.dynamicSampling?.attempts ?? 0,
      sample: (sampled, attempt) => {
        const others = attempt === 0 ? [] : drawn.prompts;
        return this.#sample(request, { prompts: sampled, others, attempt }, clock, measured);
      },
      estimate: (scores) => this.#compare(scores),
      replace: (count, attempt, taken) =>
        clock.time('data-wait', () => prompts.drawer.replace(count, step, attempt, taken)),
    });
    onSkipped(gathered.skipped);
    request.onCompared(gathered);

    // Weigh and update, once or several times.
    const learning = [...gathered.groups].flatMap(([score, group]) => {
      const trained = trainedOf({ ...group, ...measured.get(score) });
      return trained === undefined ? [] : withTokenAdvantages(trained, this.policy.processor);
    });
    const figures = learning.length === 0 ? {} : await this.#learn(step, learning, clock);
    return { drawn, gathered, figures, seconds: clock.read() };
  }

  /** Samples and scores one attempt. The draws depend only on the run's seed, the step and the attempt. */
  async #sample(
    { step, signal, onChunk }: StepRequest,
    { prompts, others, attempt }: Attempt,
    clock: PhaseClock,
    measuredSoFar: Map<GroupScore, Measured>,
  ): Promise<readonly GroupScore[]> {
    const { config, experience } = this;
    const seed = attempt === 0 ? config.seed : deriveSeed(config.seed, 'attempt', attempt);

    // Sample G completions of each prompt, or take the demonstrations when the objective only imitates.
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

    // Measure the log-probabilities [P][G][T] under the frozen start model, and subtract the objective's penalty.
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

  /** All updates of one batch. Each uses the learning rate of the step. */
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
        // Weigh: ∂loss/∂log π [P][G][T], or the targets of a loss that the engine differentiates itself.
        const weighed = await weigh(groups, this.#scales, clock);

        // Update: backpropagate them into the weights, and take one step of AdamW.
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

/** Temperature of the log-probabilities that are learned from; 1 for greedy completions and demonstrations. */
function temperatureOf(config: RunConfig, sampler: Sampler, { learnsFrom }: Objective): number {
  const isScaled = config.logProbTemperature === 'sampling' && learnsFrom !== 'demonstrations';
  return isScaled ? sampler.parameters.temperature || 1 : 1;
}
