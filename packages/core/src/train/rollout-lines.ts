import type { GroupScore } from '../rollout/score-groups.ts';
import type {
  CognitiveMap,
  FinishReason,
  MediaReference,
  ProblemType,
  RewardOutcome,
} from '../spec/index.ts';

/** A line of `rollouts.jsonl`. */
export interface RolloutLine {
  readonly step: number;
  readonly sampleId: string;
  /** What the question is counted under: its kind, or its problem type when it has none. */
  readonly kind: string;
  readonly problemType: ProblemType;
  /** `source` of the sample. */
  readonly source: string;
  readonly problem: string;
  readonly options: readonly string[];
  readonly solution: string;
  readonly media: MediaReference;
  /** The true map of the scene. */
  readonly map?: CognitiveMap;
  /** Index within the group. */
  readonly completion: number;
  readonly text: string;
  readonly tokens: number;
  readonly finishReason: FinishReason;
  /** Weighted sum; null when a reward of the group failed. */
  readonly reward: number | null;
  readonly outcomes: Readonly<Record<string, RewardOutcome>>;
  /** Null when the group was left out of the update. */
  readonly advantage: number | null;
  /** True when the frames were shuffled; such completions are scored and never trained on. */
  readonly shuffled?: true;
}

/** The lines of one group, each with its line end. */
export function rolloutLines(
  step: number,
  { group }: GroupScore,
  advantages: Float64Array | undefined,
): string {
  const { sample } = group;
  const facts = {
    step,
    sampleId: sample.id,
    kind: sample.questionKind ?? sample.problemType,
    problemType: sample.problemType,
    source: sample.source,
    problem: sample.problem,
    options: sample.options,
    solution: sample.solution,
    media: sample.media,
    ...(sample.map && { map: sample.map }),
  };
  const normal = group.rollouts.map((rollout, completion): RolloutLine => {
    const outcomes: Record<string, RewardOutcome> = {};
    for (const [name, found] of group.outcomes) {
      const outcome = found[completion];
      if (outcome !== undefined) outcomes[name] = outcome;
    }
    return {
      ...facts,
      completion,
      text: rollout.text,
      tokens: rollout.tokenIds.length,
      finishReason: rollout.finishReason,
      reward: finiteOrNull(group.rewards[completion]),
      outcomes,
      advantage: finiteOrNull(advantages?.[completion]),
    };
  });
  const shuffled = (group.shuffled ?? []).map((rollout, completion): RolloutLine => ({
    ...facts,
    completion,
    text: rollout.text,
    tokens: rollout.tokenIds.length,
    finishReason: rollout.finishReason,
    reward: null,
    outcomes: {},
    advantage: null,
    shuffled: true,
  }));
  return [...normal, ...shuffled].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
