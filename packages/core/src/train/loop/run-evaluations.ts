import { inject, injectAll, injectable } from 'tsyringe';
import type { PartConfig, RunConfig } from '../../config/run-config.ts';
import { takeItems } from '../../evaluate/items/take-items.ts';
import type { EvaluationProgress } from '../../evaluate/run/evaluate.ts';
import { evaluationSettings } from '../../evaluate/run/evaluation-settings.ts';
import type { EvaluationSettings } from '../../evaluate/run/evaluation-settings.ts';
import { itemsBefore } from '../../evaluate/run/evaluations-of-run.ts';
import {
  benchmarkNames,
  evaluateInTraining,
  evaluationSeed,
} from '../../evaluate/run/training-evaluation.ts';
import type {
  TrainingBenchmark,
  TrainingEvaluation,
} from '../../evaluate/run/training-evaluation.ts';
import { tokens } from '../../plugin/tokens.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { Benchmark, BenchmarkItem, Policy, RunEvent, Sampler } from '../../spec/index.ts';
import type { EvaluationPhase, RunStore } from '../run-folder/run-store.ts';

type BenchmarkEvent = Extract<RunEvent, { type: 'benchmark' }>;
type EvaluationEvent = Extract<RunEvent, { type: 'evaluation' }>;
type OnProgress = (progress: EvaluationProgress) => void;

/** Evaluates before, during and after training, always with the same questions and the same seed. */
@injectable()
export class RunEvaluations {
  /** Items of each benchmark, read once. */
  readonly #items = new Map<Benchmark, Promise<readonly BenchmarkItem[]>>();

  constructor(
    @inject(tokens.RUN_CONFIG) private readonly config: RunConfig,
    @inject(tokens.RUN_STORE) private readonly store: RunStore,
    @inject(tokens.POLICY) private readonly policy: Policy,
    @inject(tokens.BENCHMARK) private readonly benchmark: Benchmark,
    @inject(tokens.SAMPLER) private readonly sampler: Sampler,
    @injectAll(tokens.REWARD, { isOptional: true }) private readonly rewards: readonly RunReward[],
    @injectAll(tokens.TRAINING_BENCHMARK, { isOptional: true })
    private readonly benchmarks: readonly TrainingBenchmark[],
  ) {}

  /**
   * Evaluates the further benchmarks one after the other, each with its usual settings; see `evaluateInTraining`.
   *
   * @param onlyMissing Leaves out those that already have a report.
   */
  async *evaluateBenchmarks(
    step: number,
    signal: AbortSignal,
    onProgress?: OnProgress,
    onlyMissing = false,
  ): AsyncGenerator<BenchmarkEvent> {
    const names = benchmarkNames(this.benchmarks);
    const { as } = this.config.evaluate;
    const usual = { questions: 'auto', decoding: 'auto', controls: false, samples: 1, as } as const;
    for (const [index, { benchmark, items, config: part }] of this.benchmarks.entries()) {
      const name = names[index]!;
      if (onlyMissing && this.store.hasBenchmark(name, step)) continue;
      const settings = evaluationSettings(usual, benchmark, this.sampler.parameters);
      const { report } = await evaluateInTraining({
        ...(await this.#partsOf(benchmark, part, { ...settings, questions: items })),
        step,
        withControls: false,
        directory: this.store.benchmarkFolder(name, step),
        ...{ signal, onProgress },
      });
      yield { type: 'benchmark', step, name, report };
    }
  }

  /**
   * Evaluates the run's own benchmark. After training it also runs the controls.
   *
   * @returns Undefined when evaluation is switched off.
   * @throws LociError `stopped` when the signal was raised.
   */
  async evaluate(
    step: number,
    phase: EvaluationPhase,
    signal: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<EvaluationEvent | undefined> {
    const { config, benchmark, store } = this;
    const settings = evaluationSettings(config.evaluate, benchmark, this.sampler.parameters);
    if (settings.questions === 0) return undefined;
    const result = await evaluateInTraining({
      ...(await this.#partsOf(benchmark, config.benchmark, settings)),
      step,
      withControls: phase === 'after',
      rewards: this.rewards,
      before: phase === 'before' ? undefined : itemsBefore(store.directory, benchmark),
      directory: store.evaluationFolder(step, phase),
      ...{ signal, onProgress },
    });
    return { type: 'evaluation', step, phase, ...result };
  }

  /** The parts that all evaluations of a run have in common. Items are read once. */
  async #partsOf(
    benchmark: Benchmark,
    part: PartConfig,
    settings: EvaluationSettings,
  ): Promise<
    Pick<TrainingEvaluation, 'policy' | 'config' | 'benchmark' | 'part' | 'items' | 'settings'>
  > {
    const { policy, config } = this;
    let items = this.#items.get(benchmark);
    if (items === undefined) {
      const { questions } = settings;
      items = takeItems(benchmark, { questions, seed: evaluationSeed(config) });
      this.#items.set(benchmark, items);
    }
    return { ...{ policy, config, benchmark, part, settings }, items: await items };
  }
}
