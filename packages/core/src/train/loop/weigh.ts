/**
 * Weighs completions: computes how the loss depends on each token's log-probability.
 *
 * - Fused: the engine has the loss, and computes it with its gradient in one pass.
 * - On the host: the engine gives the log-probabilities, and the objective the derivative of the loss by each of them. The engine then
 *   backpropagates these derivatives into the weights as a linear loss. This costs one more forward pass.
 */
import type {
  CompletionFacts,
  CompletionTokens,
  FusedLoss,
  Loss,
  Objective,
  ObjectiveValue,
  Policy,
  TokenFigures,
  TokenTargets,
  TrainingGroup,
} from '../../spec/index.ts';
import { weighsEntropies } from '../../policy/losses.ts';
import { callObjective } from './call-objective.ts';
import { byGroup, completionFacts, policyGroups } from './learning-batch.ts';
import type { LearningGroup } from './learning-batch.ts';
import type { PhaseClock } from './phase-clock.ts';

/** The parts that weigh completions. */
export interface Scales {
  readonly policy: Policy;
  readonly objective: Objective;
  /** Of the objective's plugin, for messages. */
  readonly objectiveName: string;
  /** Divides the logits: log-probabilities are those of this distribution. */
  readonly temperature: number;
  /** Whether the sampler's log-probabilities are of it as well. */
  readonly sampledAlike: boolean;
}

/** A batch with the weight of every token in it, ready for the engine. */
export interface WeighedBatch {
  readonly groups: readonly TrainingGroup[];
  readonly loss: Loss;
  /** The objective's value of the batch at these log-probabilities. */
  valueAt(figures: TokenFigures): ObjectiveValue;
  /** The value at the current ones; absent when the engine computes the loss itself. */
  readonly value?: ObjectiveValue;
}

/** @throws LociErrors of the objective, see `callObjective`. */
export async function weigh(
  groups: readonly LearningGroup[],
  scales: Scales,
  clock: PhaseClock,
): Promise<WeighedBatch> {
  const { policy, objective, objectiveName, temperature } = scales;
  const facts = completionFacts(groups, scales.sampledAlike);
  const valueAt = (figures: TokenFigures): ObjectiveValue =>
    callObjective(objective, objectiveName, withFigures(facts, figures));
  const scaled = temperature === 1 ? {} : { temperature };
  const fused = fusedFor(policy, objective);
  if (fused) {
    const targets = fused.targets(facts);
    return { groups: targeted(groups, targets), loss: { ...fused.loss, ...scaled }, valueAt };
  }
  const entropies = objective.needs?.entropies === true;
  const before = await clock.time('log-probs', () =>
    policy.logProbs(policyGroups(groups), 'current', { temperature, entropies }),
  );
  const value = valueAt(before);
  const targets = value.dLogProbs.map((derivatives, index) => ({
    weights: Float32Array.from(derivatives),
    ...(entropies && { entropyWeights: Float32Array.from(value.dEntropies![index]!) }),
  }));
  const loss = { kind: 'linear', entropies, ...scaled } as const;
  return { groups: targeted(groups, targets), loss, valueAt, value };
}

/** The objective as one of the engine's own losses; undefined when the objective has no fused form or the engine lacks it. */
export function fusedFor(
  { capabilities }: Pick<Policy, 'capabilities'>,
  { fused }: Objective,
): FusedLoss | undefined {
  if (fused === undefined || !capabilities.losses.includes(fused.loss.kind)) return undefined;
  return weighsEntropies(fused.loss) && !capabilities.entropies ? undefined : fused;
}

/** Completions with the log-probabilities and, if given, entropies from an engine. */
export function withFigures(
  facts: readonly CompletionFacts[],
  figures: TokenFigures,
): readonly CompletionTokens[] {
  const logProbs = figures.logProbs.flat();
  const entropies = figures.entropies?.flat();
  return facts.map((fact, index) => ({
    ...fact,
    logProbs: logProbs[index]!,
    ...(entropies && { entropies: entropies[index]! }),
  }));
}

function targeted(
  groups: readonly LearningGroup[],
  targets: readonly TokenTargets[],
): readonly TrainingGroup[] {
  const grouped = byGroup(targets, groups);
  return policyGroups(groups).map((group, index) => ({ ...group, targets: grouped[index]! }));
}
