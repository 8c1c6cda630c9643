import { inject, injectAll, injectable } from 'tsyringe';
import type { RunConfig } from '../../config/run-config.ts';
import { evaluatePolicy } from '../../evaluate/evaluate-policy.ts';
import type { EvaluateOptions } from '../../evaluate/evaluate-policy.ts';
import { compareReports } from '../../evaluate/summarise.ts';
import { askTrainingBenchmark, benchmarkNames } from '../../evaluate/training-benchmark.ts';
import type { TrainingBenchmark } from '../../evaluate/training-benchmark.ts';
import { tokens } from '../../plugin/tokens.ts';
import { deriveSeed } from '../../random/seed.ts';
import { greedySampling } from '../../rollout/greedy-sampling.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { Benchmark, Policy, RunEvent, Sampler } from '../../spec/index.ts';
import type { RunStore } from '../run-folder/run-store.ts';

type BenchmarkEvent = Extract<RunEvent, { type: 'benchmark' }>;
type EvaluationEvent = Extract<RunEvent, { type: 'evaluation' }>;

/** Asks the run's benchmark before, during and after training: always the same questions and the same luck. */
@injectable()
export class RunEvaluations {
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
   * Asks the further benchmarks one after the other; see `askTrainingBenchmark`.
   *
   * @param onlyMissing Leaves out those whose report is there.
   */
  async *askBenchmarks(
    step: number,
    signal: AbortSignal,
    onProgress: EvaluateOptions['onProgress'] = () => undefined,
    onlyMissing = false,
  ): AsyncGenerator<BenchmarkEvent> {
    const names = benchmarkNames(this.benchmarks);
    for (const [index, benchmark] of this.benchmarks.entries()) {
      const name = names[index]!;
      if (onlyMissing && this.store.hasBenchmark(name, step)) continue;
      const report = await askTrainingBenchmark(benchmark, {
        policy: this.policy,
        config: this.config,
        directory: this.store.benchmarkFolder(name, step),
        maxNewTokens: this.sampler.parameters.maxNewTokens,
        signal,
        onProgress: ({ done, total, pass }) => onProgress(done, total, pass),
      });
      yield { type: 'benchmark', step, name, report };
    }
  }

  /**
   * Evaluates and stores the report; after training with the controls, if the config wants them.
   *
   * @returns Undefined when evaluation is switched off.
   * @throws LociError `stopped` when the signal was raised.
   */
  async evaluate(
    step: number,
    phase: EvaluationEvent['phase'],
    signal: AbortSignal,
    onProgress: EvaluateOptions['onProgress'],
  ): Promise<EvaluationEvent | undefined> {
    const { questions, batchSize, controls, decoding } = this.config.evaluate;
    const { parameters } = this.sampler;
    if (questions === 0) return undefined;
    const report = await evaluatePolicy(this.policy, this.benchmark, {
      questions,
      batchSize,
      controls: controls && phase === 'after',
      seed: deriveSeed(this.config.seed, 'evaluate'),
      sampling: decoding === 'greedy' ? greedySampling(parameters.maxNewTokens) : parameters,
      rewards: this.rewards,
      signal,
      ...(onProgress && { onProgress }),
    });
    this.store.saveEvaluation(step, phase, report);
    const before = phase === 'before' ? undefined : this.store.readEvaluation('before');
    const comparison = before && { comparison: compareReports(before, report) };
    return { type: 'evaluation', step, phase, report, ...comparison };
  }
}
