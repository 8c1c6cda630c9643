/**
 * The training loop of a run: loads the newest checkpoint, takes the steps (`step.ts`), and evaluates and saves between them. Every random
 * draw derives from the run's seed and the step, so a resumed run repeats what the uninterrupted one would have done.
 */
import { Subject } from 'rxjs';
import { inject, injectAll, injectable } from 'tsyringe';
import type { RunConfig } from '../../config/run-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import { benchmarkMetrics, evaluationMetrics } from '../../evaluate/figures/metrics.ts';
import type { EvaluationProgress } from '../../evaluate/run/evaluate.ts';
import { tokens } from '../../plugin/tokens.ts';
import { forecastTraining } from './forecast-training.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import { stopped } from '../../rollout/until-aborted.ts';
import type {
  Dataset,
  Logger,
  Objective,
  Policy,
  PromptTemplate,
  RunEvent,
  RunOutcome,
  SampleSource,
  Trainer,
} from '../../spec/index.ts';
import { RunAlerts } from '../watch/alerts/run-alerts.ts';
import { describeProblems } from '../watch/data-problems.ts';
import { Checkpoints } from '../run-folder/checkpoints.ts';
import type { LoopState } from '../run-folder/checkpoints.ts';
import { marksOf, replacementMetrics } from './dynamic-sampling.ts';
import type { GatheredGroups } from './dynamic-sampling.ts';
import { demonstrationOf } from './demonstrations.ts';
import type { Experience } from './experience.ts';
import { FailureWatch, countFailures } from '../watch/failure-watch.ts';
import { OpenedAgainWatch } from '../watch/opened-again.ts';
import { openPrompts } from './open-prompts.ts';
import type { RunPrompts } from './open-prompts.ts';
import { RunEvaluations } from './run-evaluations.ts';
import { RunSinks } from './run-sinks.ts';
import type { RunStore } from '../run-folder/run-store.ts';
import { RunCourse } from '../course/run-course.ts';
import { noteEngine } from '../run-folder/run-engines.ts';
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
  readonly #alerts: RunAlerts;
  readonly #course: RunCourse;
  readonly #checkpoints: Checkpoints;
  #state: LoopState;

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
    @inject(RunSinks) private readonly sinks: RunSinks,
    @inject(tokens.LOGGER) private readonly logger: Logger,
  ) {
    this.#failures = new FailureWatch(config.maxFailedGroupShare);
    this.#warnings = new RunWarnings(logger, rewards);
    this.#alerts = new RunAlerts(config, logger, sinks.all);
    const [leading] = rewards;
    this.#course = new RunCourse(
      config,
      leading && { name: leading.name, range: leading.reward.range },
    );
    this.#checkpoints = new Checkpoints(config, store, policy, this.#course);
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
        this.#warnings.summarize();
        await source.close();
      }
      await this.#checkpoint();
      const { step } = this.#state;
      const isLast = step >= this.config.steps;
      const outcome = this.#course.outcome(step, isLast, this.#abort.signal.aborted);
      this.sinks.end(outcome);
      this.#events.next({ type: 'run-end', ...outcome });
      return outcome;
    } catch (thrown) {
      this.sinks.fail(this.#state.step, thrown);
      throw thrown;
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
    const prompts = openPrompts(source, this.config, this.#state, {
      prompt: this.prompt,
      processor: this.policy.processor,
      accept:
        this.objective.learnsFrom === 'rollouts'
          ? undefined
          : (sample) => demonstrationOf(sample, this.objective),
      curriculum: this.#course.curriculum,
    });
    const startStep = this.#state.step;
    const { capabilities: policy } = this.policy;
    const facts = { startStep, totalSteps: steps, trainingSamples: source.size, policy };
    noteEngine(this.store.directory, startStep, policy);
    this.sinks.begin(facts);
    this.#events.next({ type: 'run-start', runDirectory: this.store.directory, ...facts });
    const rewards = this.experience.sampled ? this.rewards : [];
    for (const line of await forecastTraining(rewards, source, this.config, startStep)) {
      this.logger.info(line);
    }
    if (startStep === 0) await this.#evaluate('before');
    // A stop may have cut an evaluation short. Its step is in the checkpoint, so only the evaluation is completed.
    else await this.#evaluateDuring(true);
    try {
      await this.#steps(prompts);
    } finally {
      await prompts.queue.close();
    }
    await this.#evaluate('after', startStep > 0 && startStep === this.#state.step);
  }

  async #steps(prompts: RunPrompts): Promise<void> {
    while (!this.#isOver()) {
      await this.#step(prompts);
      await this.#evaluateDuring();
      const isDueNow = isDue(this.#state.step, this.config.checkpoint.every);
      if (isDueNow || this.#isOver()) await this.#checkpoint();
    }
  }

  /** Whether no step remains: all are done, or `stopWhen` ends the run. */
  #isOver(): boolean {
    return this.#state.step >= this.config.steps || this.#course.verdict !== undefined;
  }

  /** One step. The state changes only at its end, so an interrupted step leaves no trace in it. */
  async #step(prompts: RunPrompts): Promise<void> {
    const { steps, dynamicSampling } = this.config;
    const { signal } = this.#abort;
    if (signal.aborted) throw stopped();
    this.store.assertWritable();
    const step = this.#state.step + 1;
    this.#events.next({ type: 'step-start', step, totalSteps: steps });
    const { drawn, gathered, figures, seconds } = await this.trainingStep.take({
      step,
      prompts,
      signal,
      onChunk: ({ sample, completion, text }) => {
        this.#events.next({ type: 'chunk', step, sampleId: sample.id, completion, text });
      },
      onSkipped: (skipped) => this.#warnings.nameSkipped(skipped),
      onCompared: (compared) => {
        if (this.experience.sampled) this.#report(step, compared);
      },
    });
    const { groups, skipped, scores } = gathered;

    const sampled = gathered.sampled.map(({ score }) => score);
    const rewards = this.experience.sampled ? this.rewards : undefined;
    const metrics = {
      ...stepMetrics({ scores, groups, rewards, seconds, sampled }),
      ...(dynamicSampling && replacementMetrics(gathered)),
      ...figures,
      'prompts/refused': drawn.skipped.length + skipped.length,
      'seconds/data-read': drawn.seconds,
    };
    this.#write(step, metrics);
    this.#alerts.observe(step, metrics);
    const failedGroups = countFailures(this.#state.failedGroups, sampled);
    this.#state = { ...this.#state, step, samplesSeen: drawn.samplesSeen, failedGroups };
    this.#course.observeStep(step, metrics, gathered.sampled);
    this.#events.next({ type: 'step-end', step, totalSteps: steps, metrics });
    this.#failures.observe(sampled);
  }

  /** Logs the rollouts, emits their events, and warns of problems with them. */
  #report(step: number, gathered: GatheredGroups): void {
    const { groups } = gathered;
    const marks = marksOf(gathered);
    const scores = [...marks.keys()];
    this.sinks.rollouts(step, this.store.appendRollouts(step, scores, groups, marks));
    const again = this.#openedAgain.observe(step, scores);
    if (again !== undefined) this.logger.warn(again);
    for (const [{ group, failures }, { leftOut }] of marks) {
      const reason = leftOut && { leftOut };
      this.#events.next({ type: 'rollout-group', step, group, failures, ...reason });
    }
    this.#warnings.observe(step, scores, groups);
  }

  /** Evaluates when `evaluate.every` is due after this step; `#train` evaluates after the last one. */
  async #evaluateDuring(onlyMissing = false): Promise<void> {
    const { steps, evaluate } = this.config;
    const { step } = this.#state;
    if (step < steps && isDue(step, evaluate.every)) await this.#evaluate('during', onlyMissing);
  }

  /** @param onlyMissing Leaves out evaluations that an earlier process completed after this step. */
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
      await this.#writeEvaluation(event.step, evaluationMetrics(event.report));
      this.sinks.evaluation(event, this.store.evaluationFolder(event.step, event.phase));
      this.#events.next(event);
    }
    const further = this.evaluations.evaluateBenchmarks(step, signal, onProgress, onlyMissing);
    for await (const benchmark of further) {
      await this.#writeEvaluation(step, benchmarkMetrics(benchmark.name, benchmark.report));
      this.sinks.evaluation(benchmark, this.store.benchmarkFolder(benchmark.name, step));
      this.#events.next(benchmark);
    }
    this.#course.assertEvaluated(step);
  }

  /** Writes figures of an evaluation, and keeps the checkpoint of the best. */
  async #writeEvaluation(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    this.#write(step, values);
    const isBest = this.#course.observeEvaluation(step, values);
    this.#checkpoints.noteCourse(this.#state);
    if (isBest) await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    const directory = await this.#checkpoints.save(this.#state);
    if (directory === undefined) return;
    this.#events.next({ type: 'checkpoint', step: this.#state.step, directory });
  }

  /** Loads the newest checkpoint, when the run folder has one, and drops the log lines beyond it. */
  async #restore(): Promise<void> {
    this.#state = (await this.#checkpoints.restore()) ?? this.#state;
    const { step } = this.#state;
    this.store.rewind(step, this.#isOver());
    // A run that starts again from step 0 evaluates once more before its first step.
    this.sinks.rewind(step === 0 ? -1 : step);
  }

  #write(step: number, values: Readonly<Record<string, number>>): void {
    this.store.assertWritable();
    const known = this.#warnings.knownFigures(step, values);
    this.sinks.write({ step, values: known });
  }
}

function isDue(step: number, every: number): boolean {
  return every > 0 && step % every === 0;
}
