/**
 * Finds, before the first step, settings under which a run can learn nothing: a group of one, no reward, greedy sampling, weights or a
 * learning rate of 0, and advantages of tokens that no reward credits or the objective does not read. For demonstrations only the rate is
 * checked. For an advantage plugin from outside, groups of one and greedy sampling are allowed, because it may compare completions of
 * different prompts.
 */
import { formatPath } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import { checkLooks } from '../rollout/looks.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import { weightAt } from '../rollout/run-reward.ts';
import type { AdvantageEstimator, Objective, Optimizer, Sampler, Schedule } from '../spec/index.ts';
import { autoAdvantage } from '../train/algorithm/advantages/auto.ts';
import { batchScaled } from '../train/algorithm/advantages/batch-scaled.ts';
import { groupNormalised } from '../train/algorithm/advantages/group-normalised.ts';
import { reinforcePlusPlus } from '../train/algorithm/advantages/reinforce-plus-plus.ts';
import { rewardNormalised } from '../train/algorithm/advantages/reward-normalised.ts';
import { rloo } from '../train/algorithm/advantages/rloo.ts';
import { spanCredit } from '../train/algorithm/advantages/span-credit.ts';

/** The parts of a run that can make it hopeless. */
export interface LearningParts {
  readonly config: RunConfig;
  readonly origin: ConfigOrigin;
  readonly advantage: AdvantageEstimator;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly sampler: Sampler;
  readonly rewards: readonly RunReward[];
}

/** A setting, and why the run learns nothing with it. */
interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

/** Estimators that compare only completions of the same prompt. */
const WITHIN_GROUPS: readonly string[] = [
  autoAdvantage,
  batchScaled,
  groupNormalised,
  reinforcePlusPlus,
  rewardNormalised,
  rloo,
  spanCredit,
].map(({ name }) => name);

/** A nucleus this small holds one token, whatever the vocabulary. */
const ONE_TOKEN = 1e-6;

/** @throws LociError `nothing-to-learn`, one line for each setting, with its place in the config; and the errors of `checkLooks`. */
export function checkLearning(parts: LearningParts): void {
  const { config, origin, objective, rewards } = parts;
  if (objective.learnsFrom === 'rollouts') checkLooks(rewards, config.promptsPerStep);
  const complaints = [
    ...(objective.learnsFrom === 'rollouts' ? rolloutComplaints(parts) : []),
    ...rateComplaints(parts),
  ];
  if (complaints.length === 0 || config.steps === 0) return;
  throw new LociError(
    'nothing-to-learn',
    complaints
      .map(({ path, problem }) => `${origin.describe(path)}: ${formatPath(path)}: ${problem}`)
      .join('\n'),
  );
}

function rolloutComplaints(parts: LearningParts): readonly Complaint[] {
  const { config, sampler, rewards } = parts;
  const complaints: Complaint[] = [];
  const { completionsPerPrompt, parameters } = sampler;
  const { temperature, topK, topP } = parameters;
  if (WITHIN_GROUPS.includes(config.advantage.use)) {
    if (completionsPerPrompt < 2) {
      const problem = `a group of ${completionsPerPrompt} has nothing to be compared with, so every advantage is 0 and nothing is learned; set at least 2`;
      complaints.push({ path: ['sampler', 'completionsPerPrompt'], problem });
    }
    const equal = 'makes all completions of a prompt the same, so nothing is learned';
    if (temperature === 0) {
      const problem = `temperature 0 ${equal}; set it above 0, such as 1`;
      complaints.push({ path: ['sampler', 'temperature'], problem });
    } else if (topK === 1) {
      const problem = `topK 1 ${equal}; set 0 for all tokens, or more than 1`;
      complaints.push({ path: ['sampler', 'topK'], problem });
    } else if (topP !== undefined && topP <= ONE_TOKEN) {
      const problem = `topP ${topP} ${equal}; set it nearer to 1`;
      complaints.push({ path: ['sampler', 'topP'], problem });
    }
  }
  complaints.push(...tokenComplaints(parts));
  if (rewards.length === 0) {
    const problem = 'without a reward nothing is learned; name one, such as { use: answer }';
    return [...complaints, { path: ['rewards'], problem }];
  }
  const reasons = rewards.map((reward) => whyDead(reward, rewards, config.steps));
  if (reasons.some((reason) => reason === undefined)) return complaints;
  const each = rewards.map(({ name }, index) => `${name}: ${reasons[index]}`).join('; ');
  const problem = `no reward can tell completions apart, so nothing is learned (${each})`;
  return [...complaints, { path: ['rewards'], problem }];
}

/** Advantages of tokens have no effect where no reward credits any, or the objective reads one advantage a completion. */
function tokenComplaints({
  config,
  advantage,
  objective,
  rewards,
}: LearningParts): readonly Complaint[] {
  const isCredited = rewards.some(({ reward }) => reward.credits === true);
  const { perToken } = advantage;
  if (perToken === undefined || (perToken === 'where-credited' && !isCredited)) return [];
  const complaints: Complaint[] = [];
  if (!isCredited) {
    const problem = `"${config.advantage.use}" compares stretches of text that rewards credit, and no reward of this run credits any; set credits: true in the options of map, or use reward-normalised`;
    complaints.push({ path: ['advantage', 'use'], problem });
  }
  if (objective.perToken !== true) {
    const problem = `"${config.objective.use}" reads one advantage for a whole completion, and "${config.advantage.use}" gives one for each token; use grpo, or reward-normalised advantages`;
    complaints.push({ path: ['objective', 'use'], problem });
  }
  return complaints;
}

/** Why a reward adds the same to every completion in every step; undefined when it can differ. */
function whyDead(
  { weight, clip, gate, reward }: RunReward,
  rewards: readonly RunReward[],
  steps: number,
): string | undefined {
  // A weight is monotonic, so 0 at both ends is 0 between them.
  if (weightAt(weight, 1) === 0 && weightAt(weight, steps) === 0) {
    return typeof weight === 'number' ? 'weight 0' : `weight 0 up to step ${steps}, the last one`;
  }
  const [least, greatest] = reward.range.map((bound) =>
    clip === undefined ? bound : Math.min(clip[1], Math.max(clip[0], bound)),
  ) as [number, number];
  if (least === greatest && (gate === undefined || least === 0)) {
    return `every value counts as ${least}${clip === undefined ? '' : ' after its clip'}`;
  }
  if (gate?.part !== undefined) return undefined;
  const most = rewards.find(({ name }) => name === gate?.reward)?.reward.range[1];
  if (gate === undefined || most === undefined) return undefined;
  const { above, atLeast } = gate;
  const isShut =
    (above !== undefined && most <= above) || (atLeast !== undefined && most < atLeast);
  return isShut ? `its gate never opens, ${gate.reward} is at most ${most}` : undefined;
}

/** A rate of 0 in every step leaves the weights as they are. */
function rateComplaints({ config, optimizer, schedule }: LearningParts): readonly Complaint[] {
  const { learningRate } = optimizer.parameters;
  if (learningRate === 0) {
    const problem = 'a learning rate of 0 leaves the weights as they are; set it above 0';
    return [{ path: ['optimizer', 'learningRate'], problem }];
  }
  for (let step = 0; step < config.steps; step++) {
    if (schedule.factor(step, config.steps) !== 0) return [];
  }
  const problem = 'the schedule makes the learning rate 0 in every step; change its options';
  return [{ path: ['schedule'], problem }];
}
