/**
 * Dynamic sampling (DAPO, arXiv 2503.14476, section 3.2). A group whose advantages are all 0 has no signal, and neither has one that lost
 * a reward. Another prompt replaces it, and another, up to a bound. A place that never gets a signal keeps the group drawn first.
 *
 *     sample the prompts of the step → advantages → for each group without signal: draw, sample, compare again → the batch
 *
 * The draws and samples of an attempt depend only on the run's seed, the step and the attempt.
 */
import type { PromptedSample } from '../../rollout/collect-groups.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import { hasSignal } from '../../rollout/zero-variance.ts';
import type { AdvantagedGroup } from '../../spec/index.ts';
import type { GroupMark } from '../run-folder/rollout-lines.ts';
import type { SkippedSample } from '../watch/skip-watch.ts';
import type { DrawnPrompts } from './draw-prompts.ts';

/** The groups that may be trained on, with their advantages. */
export type Advantaged = ReadonlyMap<GroupScore, AdvantagedGroup>;

/** A group that was sampled in a step, whether or not the step trains on it. */
export interface SampledGroup {
  readonly score: GroupScore;
  /** Index of its sample in the dataset. */
  readonly index: number;
  /** 0 for the prompts of the step, from 1 for replacements. */
  readonly attempt: number;
}

/** The groups that a step gathered. */
export interface GatheredGroups {
  /** The batch: one group a prompt of the step. */
  readonly scores: readonly GroupScore[];
  /** Advantages within the batch. */
  readonly groups: Advantaged;
  /** All groups in the order in which they were sampled. */
  readonly sampled: readonly SampledGroup[];
  /** Groups of the prompts drawn first, with their advantages: the batch that a step without replacement would have. */
  readonly first: { readonly scores: readonly GroupScore[]; readonly groups: Advantaged };
  /** Samples that were skipped when replacements were drawn. */
  readonly skipped: readonly SkippedSample[];
}

/** How a step draws, samples and compares. */
export interface GatherParts {
  /** Most attempts at replacing; 0 replaces nothing. */
  readonly attempts: number;
  /** Samples and scores. @returns One group a prompt, in order. */
  readonly sample: (
    prompts: readonly PromptedSample[],
    attempt: number,
  ) => Promise<readonly GroupScore[]>;
  readonly estimate: (scores: readonly GroupScore[]) => Advantaged;
  /** Draws replacements of groups without signal; see `ReplacementDrawer`. */
  readonly replace: (
    count: number,
    attempt: number,
    taken: ReadonlySet<number>,
  ) => Promise<Pick<DrawnPrompts, 'prompts' | 'indices' | 'skipped'>>;
}

/** Gathers the batch of a step from the prompts drawn for it. */
export async function gatherGroups(
  drawn: Pick<DrawnPrompts, 'prompts' | 'indices'>,
  { attempts, sample, estimate, replace }: GatherParts,
): Promise<GatheredGroups> {
  const firstScores = await sample(drawn.prompts, 0);
  const first = { scores: firstScores, groups: estimate(firstScores) };
  const sampled = firstScores.map((score, at) => ({
    score,
    index: drawn.indices[at]!,
    attempt: 0,
  }));
  const skipped: SkippedSample[] = [];
  let { scores, groups } = first;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const vacant = [...scores.keys()].filter((place) => !hasSignal(groups.get(scores[place]!)));
    if (vacant.length === 0) break;
    const taken = new Set(sampled.map(({ index }) => index));
    const further = await replace(vacant.length, attempt, taken);
    skipped.push(...further.skipped);
    if (further.prompts.length === 0) break;
    const found = await sample(further.prompts, attempt);
    sampled.push(...found.map((score, at) => ({ score, index: further.indices[at]!, attempt })));
    // An estimator may look at the whole batch, so the new groups are compared in their places.
    const tried = [...scores];
    found.forEach((score, at) => (tried[vacant[at]!] = score));
    const compared = estimate(tried);
    scores = scores.map((old, place) =>
      tried[place] !== old && hasSignal(compared.get(tried[place]!)) ? tried[place]! : old,
    );
    groups = estimate(scores);
  }
  return { scores, groups, sampled, first, skipped };
}

/** The marks in `rollouts.jsonl` of all sampled groups: which attempt drew them, and whether they are left out of the batch. */
export function marksOf({ scores, sampled }: GatheredGroups): ReadonlyMap<GroupScore, GroupMark> {
  const batch = new Set(scores);
  return new Map(
    sampled.map(({ score, attempt }) => {
      const isSpare = !batch.has(score) && score.failures.length === 0;
      return [
        score,
        { ...(attempt > 0 && { attempt }), ...(isSpare && { leftOut: 'no-signal' as const }) },
      ] as const;
    }),
  );
}

/**
 * Figures of a step that may replace groups, by name:
 *
 * | name | what |
 * | --- | --- |
 * | `groups/replaced` | places of the batch that hold a replacement |
 * | `groups/sampled` | all sampled groups; divided by the prompts of a step, this is the relative cost of the step |
 * | `drawn/zero-variance`, `drawn/reward` | share of groups without signal, and mean reward, over the prompts drawn first: comparable with runs that replace nothing |
 */
export function replacementMetrics({
  scores,
  sampled,
  first,
}: GatheredGroups): Readonly<Record<string, number>> {
  const without = first.scores.filter((score) => !hasSignal(first.groups.get(score))).length;
  const sums = first.scores
    .flatMap(({ group }) => [...group.rewards])
    .filter((sum) => !Number.isNaN(sum));
  return {
    'groups/replaced': scores.filter((score, place) => score !== first.scores[place]).length,
    'groups/sampled': sampled.length,
    'drawn/zero-variance': without / first.scores.length,
    ...(sums.length > 0 && { 'drawn/reward': sums.reduce((a, b) => a + b, 0) / sums.length }),
  };
}
