import { average } from '../../evaluate/figures/bootstrap.ts';
import type { Objective } from '../../spec/index.ts';
import { k3 } from '../algorithm/objectives/token-loss.ts';
import { maskOf } from './learning-batch.ts';
import type { LearningGroup } from './learning-batch.ts';
import type { Update } from './update.ts';

/** Bound of the log-ratio in the logged KL, as in SpaceR. */
const KL_CLAMP = 10;

type Figures = Readonly<Record<string, number>>;

/** All updates of one batch. */
export interface UpdatesOfBatch {
  /** With the old log-probabilities, which the first update fixed. */
  readonly groups: readonly LearningGroup[];
  readonly updates: readonly Update[];
  readonly learningRate: number;
  readonly learnsFrom: Objective['learnsFrom'];
  /** Whether the sampler's log-probabilities are of the same distribution as the trainer's. */
  readonly sampledAlike: boolean;
}

/** Means over the updates, the clip share of each when there are several, and the policy's figures before the first one. */
export function updateMetrics({ updates, learningRate, ...view }: UpdatesOfBatch): Figures {
  const { entropy, ...before } = policyFigures(view);
  const several = updates.length > 1;
  return {
    'loss/total': average(updates.map(({ loss }) => loss)),
    'update/grad-norm': average(updates.map(({ gradNorm }) => gradNorm)),
    'update/learning-rate': learningRate,
    ...(entropy !== undefined && { 'policy/entropy': entropy }),
    ...meanFigures(updates),
    ...(several && clipShares(updates)),
    ...before,
  };
}

function meanFigures(updates: readonly Update[]): Figures {
  const names = new Set(updates.flatMap(({ figures }) => Object.keys(figures)));
  return Object.fromEntries(
    [...names].map((name) => [
      `policy/${name}`,
      average(updates.flatMap(({ figures }) => figures[name] ?? [])),
    ]),
  );
}

function clipShares(updates: readonly Update[]): Figures {
  return Object.fromEntries(
    updates.flatMap(({ figures }, index) => {
      const share = figures['clip-fraction'];
      return share === undefined ? [] : [[`policy/clip-fraction/update-${index + 1}`, share]];
    }),
  );
}

/** KL, entropy, and the gap between the log-probabilities of sampler and trainer; means over tokens that are learned from. */
function policyFigures({
  groups,
  learnsFrom,
  sampledAlike,
}: Pick<UpdatesOfBatch, 'groups' | 'learnsFrom' | 'sampledAlike'>): Figures {
  const sums = { tokens: 0, surprise: 0, gap: 0, maxGap: 0, kl: 0, klTokens: 0 };
  for (const { rollouts, oldLogProbs, referenceLogProbs } of groups) {
    for (const [index, rollout] of rollouts.entries()) {
      const logProbs = oldLogProbs?.[index];
      if (logProbs === undefined) continue;
      if (learnsFrom === 'both' && rollout.demonstrated === true) continue;
      const reference = referenceLogProbs?.[index];
      const mask = maskOf(rollout);
      for (let token = 0; token < logProbs.length; token++) {
        if (mask[token] === 0) continue;
        const logProb = logProbs[token]!;
        sums.tokens++;
        sums.surprise -= logProb;
        const gap = Math.abs(logProb - (rollout.logProbs[token] ?? logProb));
        sums.gap += gap;
        sums.maxGap = Math.max(sums.maxGap, gap);
        if (reference !== undefined) {
          sums.kl += k3(reference[token]! - logProb, KL_CLAMP);
          sums.klTokens++;
        }
      }
    }
  }
  if (sums.tokens === 0) return {};
  const compares = learnsFrom !== 'demonstrations' && sampledAlike;
  return {
    entropy: sums.surprise / sums.tokens,
    ...(compares && { 'gap/mean': sums.gap / sums.tokens, 'gap/max': sums.maxGap }),
    ...(sums.klTokens > 0 && { 'policy/kl': sums.kl / sums.klTokens }),
  };
}
