/** Resolves the keys of `evaluate` for a benchmark, in the same way during training and in a separate evaluation. */
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

/** The resolved settings of an evaluation. */
export interface EvaluationSettings {
  /** Number of items; all when undefined. */
  readonly questions: number | undefined;
  /** Conditions beside `as-filmed`. */
  readonly controls: readonly EvaluationCondition[];
  readonly as: ShownAs;
  readonly sampling: SamplingParameters;
  /** Answers to each item. */
  readonly samples: number;
}

/** The usual settings of a benchmark that declares none. */
const USUAL: UsualEvaluation = { decoding: 'greedy', controls: [] };

/**
 * Replaces each `auto` of the config by the benchmark's usual setting. Several answers to an item are sampled, unless the config sets
 * greedy decoding.
 *
 * @param parameters Of the run's sampler, for sampled answers, and for their length when the benchmark sets none.
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
