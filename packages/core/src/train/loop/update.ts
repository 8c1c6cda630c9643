/** One optimizer step: accumulates the gradients of all micro-batches, then moves the weights. */
import type { OptimStepParameters, Policy, TokenFigures } from '../../spec/index.ts';
import { splitEvenly } from './learning-batch.ts';
import type { PhaseClock } from './phase-clock.ts';
import type { WeighedBatch } from './weigh.ts';

/** The parts and settings of one optimizer step. */
export interface UpdateSettings {
  readonly policy: Policy;
  readonly parameters: OptimStepParameters;
  /** Micro-batches. */
  readonly accumulation: number;
  readonly clock: PhaseClock;
  /** Makes the error of a batch that gives no finite number. */
  readonly fail: (reason: string, logProbs: TokenFigures['logProbs']) => Error;
}

/** The result of one optimizer step. */
export interface Update {
  readonly loss: number;
  /** Global norm before clipping. */
  readonly gradNorm: number;
  /** `[group][completion][token]`, from before the step. */
  readonly logProbs: TokenFigures['logProbs'];
  /** Of the objective, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** @throws The error of `fail` when loss, log-probabilities or gradient are not finite; the weights then stay. */
export async function update(
  { groups, loss, value, valueAt }: WeighedBatch,
  { policy, parameters, accumulation, clock, fail }: UpdateSettings,
): Promise<Update> {
  const logProbs: (readonly Float32Array[])[] = [];
  const entropies: (readonly Float32Array[])[] = [];
  const stop = (reason: string): Error => fail(reason, logProbs);
  let fusedLoss = 0;
  for (const part of splitEvenly(groups, accumulation)) {
    const result = await clock.time('gradient', () => policy.forwardBackward(part, loss));
    fusedLoss += result.loss;
    logProbs.push(...result.logProbs);
    entropies.push(...(result.entropies ?? []));
    if (!Number.isFinite(result.loss)) throw stop(`the loss is ${result.loss}`);
    if (!result.logProbs.flat().every(isFinite)) throw stop('a log-probability is not finite');
  }
  const total = value === undefined ? fusedLoss : value.loss;
  if (!Number.isFinite(total)) throw stop(`the loss is ${total}`);
  const step = await clock.time('update', () => policy.optimStep(parameters));
  if (!Number.isFinite(step.gradNorm)) throw stop(`the gradient's norm is ${step.gradNorm}`);
  if (!step.applied) throw stop('the policy refused the gradients');
  const figuresOfTokens = { logProbs, ...(entropies.length > 0 && { entropies }) };
  const { figures } = value ?? valueAt(figuresOfTokens);
  return { loss: total, gradNorm: step.gradNorm, logProbs, figures };
}

function isFinite(values: Float32Array): boolean {
  return values.every((value) => Number.isFinite(value));
}
