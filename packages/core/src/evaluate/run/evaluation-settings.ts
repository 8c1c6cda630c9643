/** What the keys of `evaluate` mean for a benchmark: the same before, during and after training, and in an evaluation by itself. */
import type { RunConfig } from '../../config/run-config.ts';
import { greedySampling } from '../../rollout/greedy-sampling.ts';
import type {
  Benchmark,
  EvaluationCondition,
  SamplingParameters,
  UsualEvaluation,
} from '../../spec/index.ts';
import { PLAIN_CONTROLS } from '../items/conditions.ts';
import type { ShownAs } from '../items/conditions.ts';

/** How a benchmark is evaluated, with nothing left open. */
export interface EvaluationSettings {
  /** Items; all when undefined. */
  readonly questions: number | undefined;
  /** Conditions beside `as-filmed`. */
  readonly controls: readonly EvaluationCondition[];
  readonly as: ShownAs;
  readonly sampling: SamplingParameters;
  /** Answers to each item. */
  readonly samples: number;
}

/** A published benchmark that says nothing else. */
const USUAL: UsualEvaluation = { decoding: 'greedy', controls: [] };

/**
 * Settles what the config leaves to the benchmark with `auto`. Several answers to an item are sampled, unless the config says otherwise.
 *
 * @param parameters of the run's sampler: how sampled answers are drawn, and the length of answers where the benchmark names none.
 */
export function evaluationSettings(
  evaluate: Pick<RunConfig['evaluate'], 'questions' | 'decoding' | 'samples' | 'controls' | 'as'>,
  { usual = USUAL, setup }: Pick<Benchmark, 'usual' | 'setup'>,
  parameters: SamplingParameters,
): EvaluationSettings {
  const { questions, decoding, samples, controls, as } = evaluate;
  const maxNewTokens = setup.maxNewTokens ?? parameters.maxNewTokens;
  const usualDecoding = samples > 1 ? 'sampled' : usual.decoding;
  const isGreedy = (decoding === 'auto' ? usualDecoding : decoding) === 'greedy';
  return {
    questions: questions === 'auto' ? usual.questions : questions,
    controls: controlsOf(controls, usual),
    as: as === 'auto' ? undefined : as,
    sampling: isGreedy ? greedySampling(maxNewTokens) : { ...parameters, maxNewTokens },
    samples,
  };
}

function controlsOf(
  controls: RunConfig['evaluate']['controls'],
  usual: UsualEvaluation,
): readonly EvaluationCondition[] {
  if (controls === 'auto') return usual.controls;
  if (typeof controls === 'boolean') return controls ? PLAIN_CONTROLS : [];
  return controls;
}
