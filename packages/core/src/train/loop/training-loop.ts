/**
 * The training loop of a run: goes back to the newest checkpoint, takes the steps (`step.ts`), and evaluates and saves between them.
 * Every random draw derives from the run's seed and the step, so a resumed run does what the uninterrupted one would have done.
 */
import { Subject } from 'rxjs';
import { inject, injectAll, injectable } from 'tsyringe';
import type { RunConfig } from '../../config/run-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import { benchmarkMetrics, evaluationMetrics } from '../../evaluate/figures/metrics.ts';
import type { EvaluationProgress } from '../../evaluate/run/evaluate.ts';
import { tokens } from '../../plugin/tokens.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import { stopped } from '../../rollout/until-aborted.ts';
import type {
  AdvantagedGroup,
  Dataset,
  Logger,
  MetricSink,
  Objective,
  Policy,
  PromptTemplate,
  RunEvent,
  RunOutcome,
  SampleSource,
  Trainer,
  TrainerState,
} from '../../spec/index.ts';
import { describeProblems } from '../watch/data-problems.ts';
import { loadWhole } from '../run-folder/damaged-checkpoint.ts';
import { createPromptDrawer } from './draw-prompts.ts';
import { demonstrationOf } from './demonstrations.ts';
import type { Experience } from './experience.ts';
import { FailureWatch, countFailures } from '../watch/failure-watch.ts';
import { OpenedAgainWatch } from '../watch/opened-again.ts';
import { PromptQueue } from './prompt-queue.ts';
import { RunEvaluations } from './run-evaluations.ts';
import type { RunStore } from '../run-folder/run-store.ts';
import { RunWarnings } from '../watch/run-warnings.ts';
import { stepMetrics } from './step-metrics.ts';
import { TrainingStep } from './step.ts';

/** The trainer of a run. */
@injectable()
export class TrainingLoop implements Trainer {
  readonly #events = new Subject<RunEvent>();
  readonly events$ = this.#events.asObservable();
  readonly #abort = new AbortController();
  readonly #failures: FailureWatch;
  readonly #openedAgain = new OpenedAgainWatch();
  readonly #warnings: RunWarnings;
  #state: TrainerState;
  #checkpointedStep = -1;

  constructor(
    @inject(tokens.RUN_CONFIG) private readonly config: RunConfig,
    @inject(tokens.RUN_STORE) private readonly store: RunStore,
    @inject(tokens.POLICY) private readonly policy: Policy,
    @inject(tokens.DATASET) private readonly dataset: Dataset,
    @inject(tokens.PROMPT) private readonly prompt: PromptTemplate,
    @injectAll(tokens.REWARD, { isOptional: true }) private readonly rewards: readonly RunReward[],
    @inject(tokens.EXPERIENCE) private readonly experience: Experience,
    @inject(TrainingStep) private readonly trainingStep: TrainingStep,
    @inject(tokens.OBJECTIVE) private readonly objective: Objective,
    @inject(RunEvaluations) private readonly evaluations: RunEvaluations,
    @injectAll(tokens.SINK, { isOptional: true })
    private readonly sinks: readonly MetricSink[],
    @inject(tokens.LOGGER) private readonly logger: Logger,
  ) {
    this.#failures = new FailureWatch(config.maxFailedGroupShare);
    this.#warnings = new RunWarnings(logger, rewards);
    this.#state = { step: 0, seed: config.seed, samplesSeen: 0, failedGroups: {} };
  }

  async run(): Promise<RunOutcome> {
    try {
      await this.#restore();
      const source = await this.dataset.open('train');
      this.store.resumed();
      try {
        await this.#train(source);
      } catch (thrown) {
        if (!(LociError.is(thrown) && thrown.code === 'stopped')) throw thrown;
      } finally {
        for (const line of describeProblems(source.problems())) this.logger.warn(line);
        this.#warnings.summarise();
        await source.close();
      }
      await this.#checkpoint();
      const reason = this.#abort.signal.aborted ? 'stopped' : 'finished';
      const outcome = { step: this.#state.step, reason } as const;
      this.#events.next({ type: 'run-end', ...outcome });
      return outcome;
    } finally {
      this.#events.complete();
    }
  }

  stop(): void {
    this.#abort.abort();
  }

  /** @throws LociError `stopped` when `stop` was called. */
  async #train(source: SampleSource): Promise<void> {
    const { steps } = this.config;
    const queue = this.#queueOf(source);
    this.#events.next({
      type: 'run-start',
      runDirectory: this.store.directory,
      startStep: this.#state.step,
      totalSteps: steps,
      trainingSamples: source.size,
      policy: this.policy.capabilities,
    });
    const startStep = this.#state.step;
    if (startStep === 0) await this.#evaluate('before');
    // A stop may have cut an evaluation short; the step before it is done and stays.
    else await this.#evaluateDuring(true);
    try {
      await this.#steps(queue);
    } finally {
      await queue.close();
    }
    await this.#evaluate('after', startStep > 0 && startStep === this.#state.step);
  }

  async #steps(queue: PromptQueue): Promise<void> {
    const { steps, checkpoint } = this.config;
    while (this.#state.step < steps) {
      await this.#step(queue);
      await this.#evaluateDuring();
      const { step } = this.#state;
      if (step === steps || isDue(step, checkpoint.every)) await this.#checkpoint();
    }
  }

  /** One step. The state moves on only at its end, so a step that was cut short is as if it had never begun. */
  async #step(queue: PromptQueue): Promise<void> {
    const { steps } = this.config;
    const { signal } = this.#abort;
    if (signal.aborted) throw stopped();
    this.store.assertWritable();
    const step = this.#state.step + 1;
    this.#events.next({ type: 'step-start', step, totalSteps: steps });
    const { drawn, scores, groups, figures, seconds } = await this.trainingStep.take({
      step,
      queue,
      signal,
      onChunk: ({ sample, completion, text }) => {
        this.#events.next({ type: 'chunk', step, sampleId: sample.id, completion, text });
      },
      onDrawn: ({ refused }) => this.#warnings.nameRefused(refused),
      onCompared: (compared, advantaged) => {
        if (this.experience.sampled) this.#report(step, compared, advantaged);
      },
    });

    const rewards = this.experience.sampled ? this.rewards : undefined;
    const metrics = {
      ...stepMetrics({ scores, groups, rewards, seconds }),
      ...figures,
      'prompts/refused': drawn.refused.length,
      'seconds/data-read': drawn.seconds,
    };
    this.#write(step, metrics);
    const failedGroups = countFailures(this.#state.failedGroups, scores);
    this.#state = { ...this.#state, step, samplesSeen: drawn.samplesSeen, failedGroups };
    this.#events.next({ type: 'step-end', step, totalSteps: steps, metrics });
    this.#failures.observe(scores);
  }

  /** Logs the rollouts, tells listeners, and warns of what is wrong with them. */
  #report(
    step: number,
    scores: readonly GroupScore[],
    groups: ReadonlyMap<GroupScore, AdvantagedGroup>,
  ): void {
    this.store.appendRollouts(step, scores, groups);
    const again = this.#openedAgain.observe(step, scores);
    if (again !== undefined) this.logger.warn(again);
    for (const { group, failures } of scores) {
      this.#events.next({ type: 'rollout-group', step, group, failures });
    }
    this.#warnings.observe(step, scores, groups);
  }

  /** Evaluates when the config wants it after this step; after the last one `#train` does. */
  async #evaluateDuring(onlyMissing = false): Promise<void> {
    const { steps, evaluate } = this.config;
    const { step } = this.#state;
    if (step < steps && isDue(step, evaluate.every)) await this.#evaluate('during', onlyMissing);
  }

  /** @param onlyMissing Leaves out what an earlier process has asked after this step. */
  async #evaluate(phase: 'before' | 'during' | 'after', onlyMissing = false): Promise<void> {
    const { step } = this.#state;
    const { signal } = this.#abort;
    const onProgress = (progress: EvaluationProgress): void => {
      this.#events.next({ type: 'evaluation-progress', step, phase, ...progress });
    };
    const isKept = onlyMissing && this.store.hasEvaluation(step, phase);
    const event = isKept
      ? undefined
      : await this.evaluations.evaluate(step, phase, signal, onProgress);
    if (event !== undefined) {
      this.#write(event.step, evaluationMetrics(event.report));
      this.#events.next(event);
    }
    for await (const asked of this.evaluations.askBenchmarks(
      step,
      signal,
      onProgress,
      onlyMissing,
    )) {
      this.#write(step, benchmarkMetrics(asked.name, asked.report));
      this.#events.next(asked);
    }
  }

  async #checkpoint(): Promise<void> {
    const { step } = this.#state;
    if (this.#checkpointedStep === step) return;
    const { keep } = this.config.checkpoint;
    const directory = await this.store.saveCheckpoint(this.policy, this.#state, keep);
    this.#checkpointedStep = step;
    this.#events.next({ type: 'checkpoint', step, directory });
  }

  /** Goes back to the newest checkpoint, when the run folder has one, and drops the log lines beyond it. */
  async #restore(): Promise<void> {
    const found = this.store.latestCheckpoint();
    if (found !== undefined) {
      const { seed, step } = found.state;
      if (seed !== this.config.seed) {
        throw new LociError(
          'seed-differs',
          `The checkpoint was made with seed ${seed}, the config says ${this.config.seed}; a run keeps its seed`,
        );
      }
      await loadWhole(this.policy, found, this.store.checkpointFolder);
      this.#state = found.state;
      this.#checkpointedStep = step;
    }
    const { step } = this.#state;
    this.store.rewind(step, step >= this.config.steps);
    // A run that begins anew evaluates once more before its first step.
    for (const sink of this.sinks) sink.rewind?.(step === 0 ? -1 : step);
  }

  #queueOf(source: SampleSource): PromptQueue {
    const { maxRefusedShare, prefetchSteps, promptsPerStep, seed, steps } = this.config;
    const { step, samplesSeen } = this.#state;
    const drawer = createPromptDrawer(source, {
      prompt: this.prompt,
      processor: this.policy.processor,
      seed,
      maxRefusedShare,
      accept: this.objective.learnsFrom === 'rollouts' ? undefined : demonstrationOf,
    });
    return new PromptQueue(drawer, {
      promptsPerStep,
      ahead: prefetchSteps,
      steps: steps - step,
      samplesSeen,
    });
  }

  #write(step: number, values: Readonly<Record<string, number>>): void {
    this.store.assertWritable();
    const known = this.#warnings.knownFigures(step, values);
    for (const sink of this.sinks) sink.write({ step, values: known });
  }
}

function isDue(step: number, every: number): boolean {
  return every > 0 && step % every === 0;
}
