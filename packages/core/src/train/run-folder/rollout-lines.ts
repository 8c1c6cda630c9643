import { FORMAT_VERSIONS, readVersion } from '../../files/format-version.ts';
import { withCurrentLook } from '../../rollout/looks.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type {
  AdvantagedGroup,
  CognitiveMap,
  FinishReason,
  LookName,
  MediaReference,
  ProblemType,
  RewardOutcome,
  SceneMap,
  ScoredGroup,
} from '../../spec/index.ts';

/** The contribution of one reward to one completion. */
export interface RolloutContribution {
  /** After clip and gate; null when the reward abstained or failed, and so added nothing. */
  readonly value: number | null;
  /** Factor of the value at the step. */
  readonly weight: number;
  /** Why its gate was closed; absent when the gate was open or the reward has none. */
  readonly closed?: string;
  /** Its share in the advantage; absent when the estimator gives no shares. */
  readonly advantage?: number;
}

/** A line of `rollouts.jsonl`. */
export interface RolloutLine {
  /** Of the format. Each line has it, because a resumed run appends to the lines of an older release. */
  readonly version: number;
  readonly step: number;
  readonly sampleId: string;
  /** The group of the question in reports: its kind, or its problem type when it has none. */
  readonly kind: string;
  readonly problemType: ProblemType;
  /** `source` of the sample. */
  readonly source: string;
  /** Name of the dataset, when the run mixes several. */
  readonly dataset?: string;
  readonly problem: string;
  readonly options: readonly string[];
  readonly solution: string;
  /** Media of the prompt, in order; versions before 3 have one medium in place of the list. */
  readonly media: readonly MediaReference[];
  /** The true map of the scene. */
  readonly map?: CognitiveMap;
  /** The same in another form. */
  readonly sceneMap?: SceneMap;
  /** Further fields of the dataset. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Index within the group. */
  readonly completion: number;
  /** Start of the answer that the prompt already contains; absent when there is none. Rewards read it before `text`. */
  readonly opened?: string;
  /** As sampled. */
  readonly text: string;
  readonly tokens: number;
  /** 1 for each token that is learned from, 0 for others; absent when all are. */
  readonly mask?: readonly number[];
  readonly finishReason: FinishReason;
  /** Weighted sum; null when every reward abstained, or a reward of the group failed. */
  readonly reward: number | null;
  /** Results of the rewards, by name. */
  readonly outcomes: Readonly<Record<string, RewardOutcome>>;
  /** Contributions of the rewards, by name; absent under a look. */
  readonly contributions?: Readonly<Record<string, RolloutContribution>>;
  /** Null when the group, or the completion, was left out of the update. */
  readonly advantage: number | null;
  /** The attempt at replacing groups without signal that drew this one; absent for the prompts drawn first. */
  readonly attempt?: number;
  /**
   * Why the update leaves it out: its group has no signal and was replaced, or it ran into the length limit and `leaveOutTruncated` is set.
   * Absent for a group that lost a reward to a failure, which its `outcomes` record.
   */
  readonly leftOut?: 'no-signal' | 'truncated';
  /**
   * The look under which the completion was sampled; absent for completions of the prompt itself. Rewards compare with such
   * completions, and nothing trains on them.
   */
  readonly look?: LookName;
}

/** The fate of a group in a step that may replace groups. */
export interface GroupMark {
  readonly attempt?: number;
  readonly leftOut?: 'no-signal';
}

/**
 * The lines of one group.
 *
 * @param advantaged The group with its advantages; undefined when it was left out of the update.
 */
export function rolloutLines(
  step: number,
  { group }: GroupScore,
  advantaged: AdvantagedGroup | undefined,
  mark: GroupMark = {},
): readonly RolloutLine[] {
  const { sample, prompt } = group;
  const facts = {
    version: FORMAT_VERSIONS['rollouts.jsonl'],
    step,
    sampleId: sample.id,
    kind: sample.questionKind ?? sample.problemType,
    problemType: sample.problemType,
    source: sample.source,
    ...(sample.dataset !== undefined && { dataset: sample.dataset }),
    problem: sample.problem,
    options: sample.options,
    solution: sample.solution,
    media: sample.media,
    ...(sample.map && { map: sample.map }),
    ...(sample.sceneMap && { sceneMap: sample.sceneMap }),
    ...(sample.meta && { meta: sample.meta }),
    ...(prompt.opened !== undefined && { opened: prompt.opened }),
  };
  const normal = group.rollouts.map((rollout, completion): RolloutLine => {
    const outcomes: Record<string, RewardOutcome> = {};
    for (const [name, found] of group.outcomes) {
      const outcome = found[completion];
      if (outcome !== undefined) outcomes[name] = outcome;
    }
    const isLeftOut = advantaged?.leftOut?.[completion] === true;
    return {
      ...facts,
      completion,
      text: rollout.text,
      tokens: rollout.tokenIds.length,
      ...(rollout.mask && { mask: [...rollout.mask] }),
      finishReason: rollout.finishReason,
      reward: finiteOrNull(group.rewards[completion]),
      outcomes,
      contributions: contributionsOf(group, advantaged?.shares, completion),
      advantage: isLeftOut ? null : finiteOrNull(advantaged?.advantages[completion]),
      ...mark,
      ...(isLeftOut && { leftOut: 'truncated' }),
    };
  });
  const looks = [...(group.looks ?? [])].flatMap(([look, rollouts]) =>
    rollouts.map((rollout, completion): RolloutLine => ({
      ...facts,
      completion,
      text: rollout.text,
      tokens: rollout.tokenIds.length,
      finishReason: rollout.finishReason,
      reward: null,
      outcomes: {},
      advantage: null,
      look,
    })),
  );
  return [...normal, ...looks];
}

/**
 * Converts a parsed line of any release to the current form.
 *
 * @param place Names file and line in the message.
 * @throws LociError `format-newer`, `format-unreadable`.
 */
export function currentRolloutLine<Line extends object>(
  line: Line,
  place: string,
): Line & Pick<RolloutLine, 'version'> {
  readVersion('version' in line ? line.version : undefined, 'rollouts.jsonl', place);
  const version = FORMAT_VERSIONS['rollouts.jsonl'];
  return { ...withMediaList(withCurrentLook(line)), version };
}

/** Versions 1 and 2 had exactly one medium. */
function withMediaList<Line extends object>(line: Line): Line {
  if (!('media' in line) || typeof line.media !== 'object' || line.media === null) return line;
  return Array.isArray(line.media) ? line : { ...line, media: [line.media] };
}

function contributionsOf(
  { contributions }: ScoredGroup,
  shares: AdvantagedGroup['shares'],
  completion: number,
): Readonly<Record<string, RolloutContribution>> {
  const lines: Record<string, RolloutContribution> = {};
  for (const [name, { values, weight, closed }] of contributions) {
    const reason = closed?.[completion];
    const share = shares?.get(name)?.[completion];
    lines[name] = {
      value: finiteOrNull(values[completion]),
      weight,
      ...(reason !== undefined && { closed: reason }),
      ...(share !== undefined && { advantage: share }),
    };
  }
  return lines;
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
