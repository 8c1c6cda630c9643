/** One optimiser step: reference log-probabilities, loss and gradients in micro-batches, and the update. */
import { LociError } from '../../errors/loci-error.ts';
import type {
  AdvantagedGroup,
  Objective,
  OptimStepParameters,
  OptimStepResult,
  Policy,
} from '../../spec/index.ts';
import { saveOffendingBatch } from '../run-folder/offending-batch.ts';
import type { PhaseClock } from './phase-clock.ts';
import { policyMetrics } from './policy-metrics.ts';

/** What one update is computed from. */
export interface UpdateRequest {
  readonly step: number;
  readonly policy: Policy;
  readonly objective: Objective;
  readonly groups: readonly AdvantagedGroup[];
  readonly parameters: OptimStepParameters;
  /** Micro-batches. */
  readonly accumulation: number;
  readonly clock: PhaseClock;
  /** Where the batch is saved when it gives no finite number: asked for then, as the folder may be lost by that time. */
  readonly runDirectory: () => string;
}

/**
 * @returns Figures of the update.
 * @throws LociError `non-finite` when loss, log-probabilities or gradient are not finite: the weights are untouched, and the
 * message names the file that holds the batch.
 */
export async function updatePolicy(
  request: UpdateRequest,
): Promise<Readonly<Record<string, number>>> {
  const { policy, objective, parameters, clock } = request;
  const groups = objective.needsReference
    ? await clock.time('reference', () => withReference(policy, request.groups))
    : request.groups;
  const { groups: batch, loss } = objective.build(groups);
  const logProbs: (readonly Float32Array[])[] = [];
  const stop = (reason: string): LociError => {
    const file = saveOffendingBatch(request.runDirectory(), {
      ...request,
      groups,
      batch,
      loss,
      logProbs,
      reason,
    });
    return new LociError(
      'non-finite',
      `Step ${request.step}: ${reason}; the weights are untouched, and the batch is in ${file}`,
      { details: { file, step: request.step } },
    );
  };
  let total = 0;
  for (const part of microBatches(batch, request.accumulation)) {
    const result = await clock.time('gradient', () => policy.forwardBackward(part, loss));
    total += result.loss;
    logProbs.push(...result.logProbs);
    if (!Number.isFinite(result.loss)) throw stop(`the loss is ${result.loss}`);
    if (!result.logProbs.flat().every(isFinite)) throw stop('a log-probability is not finite');
  }
  const update: OptimStepResult = await clock.time('update', () => policy.optimStep(parameters));
  if (!Number.isFinite(update.gradNorm)) throw stop(`the gradient's norm is ${update.gradNorm}`);
  if (!update.applied) throw stop('the policy refused the gradients');
  return {
    'loss/total': total,
    'update/grad-norm': update.gradNorm,
    'update/learning-rate': parameters.learningRate,
    ...policyMetrics({ groups, batch, loss, logProbs, learnsFrom: objective.learnsFrom }),
  };
}

async function withReference(
  policy: Policy,
  groups: readonly AdvantagedGroup[],
): Promise<readonly AdvantagedGroup[]> {
  const { logProbs: reference } = await policy.logProbs(
    groups.map(({ prompt, rollouts }) => ({
      prompt,
      completions: rollouts.map(({ tokenIds }) => tokenIds),
    })),
    'start',
  );
  return groups.map((group, index) => ({ ...group, referenceLogProbs: reference[index] ?? [] }));
}

/** Consecutive parts of nearly equal size; fewer than asked for when there are fewer groups. */
function microBatches<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const parts = Math.min(count, items.length);
  return Array.from({ length: parts }, (_, part) =>
    items.slice(
      Math.floor((part * items.length) / parts),
      Math.floor(((part + 1) * items.length) / parts),
    ),
  );
}

function isFinite(values: Float32Array): boolean {
  return values.every((value) => Number.isFinite(value));
}
