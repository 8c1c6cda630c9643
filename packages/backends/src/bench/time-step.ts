/** Times one GRPO optimization step part by part: sampling, reference, policy gradient, update. */
import { tokenLoss } from '@loci/core';
import type { EncodedPrompt, Loss, Policy, SampleRequest, TrainingGroup } from '@loci/core';
import { lastValueFrom, toArray } from 'rxjs';
import { GENERATIONS, NEW_TOKENS } from './shapes.ts';

/** Seconds of one step. */
export interface StepTimes {
  readonly step: number;
  readonly generation: number;
  readonly reference: number;
  readonly gradient: number;
  readonly update: number;
}

/**
 * The ways to the gradient: by the loss that the engine computes itself, or by a pass for log-probabilities, derivatives on the host and a
 * linear loss, without entropies or with them.
 */
export const LOSS_PATHS = ['fused', 'general', 'entropies'] as const;

/** One of `LOSS_PATHS`. */
export type LossPath = (typeof LOSS_PATHS)[number];

const LOSS: Loss = {
  kind: 'policy-gradient',
  clipLow: 0.2,
  clipHigh: 0.2,
  klWeight: 0.04,
  klClamp: 10,
};

/** Weight of an entropy, as a share of the weight of its token. */
const ENTROPY_SHARE = -1e-3;

/** The settings of a step. */
export interface StepPlan {
  readonly seed: number;
  /** Tokens of every completion. Default: `NEW_TOKENS`. */
  readonly newTokens?: number;
  /** Completions of each prompt. Default: `GENERATIONS`. */
  readonly generations?: number;
  /** Tokens that one run generates. Default: all of them. */
  readonly chunkTokens?: number;
  /** Default: `fused`. */
  readonly path?: LossPath;
  /** Samples in place of the policy. */
  readonly sample?: (request: SampleRequest) => ReturnType<Policy['sample']>;
  /** Called when the step begins, and after each of its parts. */
  readonly onMark?: () => void;
}

/** Completions `[prompt][completion]`. */
async function sample(
  policy: Policy,
  prompts: readonly EncodedPrompt[],
  plan: StepPlan,
): Promise<Int32Array[][]> {
  const { seed, newTokens = NEW_TOKENS, generations = GENERATIONS } = plan;
  const request: SampleRequest = {
    prompts,
    completionsPerPrompt: generations,
    seed,
    sampling: {
      temperature: 1,
      topP: 0.95,
      topK: 0,
      repetitionPenalty: 1,
      maxNewTokens: newTokens,
      chunkTokens: plan.chunkTokens ?? newTokens,
    },
  };
  const events$ = plan.sample?.(request) ?? policy.sample(request);
  const completions = prompts.map(() => new Array<Int32Array>(generations));
  for (const event of await lastValueFrom(events$.pipe(toArray()))) {
    if (event.type === 'completion') completions[event.prompt]![event.completion] = event.tokenIds;
  }
  return completions;
}

/** Share of even tokens, standardized over the group: any reward would do. */
function advantagesOf(completions: readonly Int32Array[]): number[] {
  const rewards = completions.map((ids) => ids.filter((id) => id % 2 === 0).length / ids.length);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const squares = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (rewards.length - 1));
  return rewards.map((reward) => (reward - mean) / (deviation + 1e-4));
}

function trainingGroup(
  prompt: EncodedPrompt,
  completions: readonly Int32Array[],
  reference: readonly Float32Array[],
): TrainingGroup {
  const advantages = advantagesOf(completions);
  return {
    prompt,
    completions,
    targets: completions.map(({ length }, index) => ({
      weights: new Float32Array(length).fill(1 / (length * completions.length)),
      advantages: new Float32Array(length).fill(advantages[index]!),
      referenceLogProbs: reference[index]!,
    })),
  };
}

/** Adds the gradient of the groups to those of the policy. */
async function takeGradient(
  policy: Policy,
  groups: readonly TrainingGroup[],
  path: LossPath,
): Promise<void> {
  if (path === 'fused') {
    await policy.forwardBackward(groups, LOSS);
    return;
  }
  const entropies = path === 'entropies';
  const { logProbs } = await policy.logProbs(groups, 'current', { entropies });
  const linear = groups.map((group, place) => ({
    ...group,
    targets: group.targets.map((target, index) => ({
      weights: target.weights.map((weight, token) => {
        const { derivative } = tokenLoss(LOSS, target, token, logProbs[place]![index]![token]!);
        return weight * derivative;
      }),
      ...(entropies && { entropyWeights: target.weights.map((weight) => ENTROPY_SHARE * weight) }),
    })),
  }));
  await policy.forwardBackward(linear, { kind: 'linear', entropies });
}

/** Runs and times a step as SpaceR takes it: strictly on policy, KL against the start weights. */
export async function timeStep(
  policy: Policy,
  prompts: readonly EncodedPrompt[],
  plan: StepPlan,
): Promise<StepTimes> {
  const marks: number[] = [];
  const mark = () => {
    marks.push(performance.now());
    plan.onMark?.();
  };
  mark();
  const completions = await sample(policy, prompts, plan);
  mark();
  const groups = prompts.map((prompt, place) => ({ prompt, completions: completions[place]! }));
  const { logProbs } = await policy.logProbs(groups, 'start');
  mark();
  const training = groups.map(({ prompt, completions: own }, place) =>
    trainingGroup(prompt, own, logProbs[place]!),
  );
  await takeGradient(policy, training, plan.path ?? 'fused');
  mark();
  await policy.optimStep({
    learningRate: 1e-6,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
    maxGradNorm: 1,
  });
  mark();
  const seconds = (from: number, to: number) => (marks[to]! - marks[from]!) / 1000;
  return {
    step: seconds(0, 4),
    generation: seconds(0, 1),
    reference: seconds(1, 2),
    gradient: seconds(2, 3),
    update: seconds(3, 4),
  };
}
