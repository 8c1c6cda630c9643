/** Drives reward plugins as a run does: in order, each with the outcomes of the earlier ones. */
import { createFromPlugin, parseOptions } from '@loci/core';
import type {
  CognitiveMap,
  JudgedCompletions,
  PluginContext,
  ProblemType,
  RewardInput,
  RewardOutcome,
  Sample,
} from '@loci/core';
import { answer, format, length, map, temporal } from '@loci/rewards';

/** Plugins are made for no run in particular. */
export const CONTEXT: PluginContext = {
  seed: 0,
  baseDirectory: '.',
  logger: { info: () => undefined, warn: () => undefined },
};

const plugins = { answer, format, length, map, temporal };

/** Rewards of the run, by name. */
export type RewardName = keyof typeof plugins;

/** A question of the vectors. The problem type may be one that no record has. */
export interface Question {
  readonly problemType: string;
  readonly solution: string;
  readonly path: string;
  readonly kind?: 'video' | 'image';
  readonly map?: CognitiveMap | undefined;
}

/** One group to score. */
export interface GroupToScore {
  readonly question: Question;
  readonly completions: readonly { readonly text: string; readonly tokenCount: number }[];
  /** Completions under other looks, by the names that rewards declare. */
  readonly looks?: RewardInput['looks'];
}

/** The outcome of each of the named rewards, made with `compat: spacer`, for a group. Name them in the order of a run. */
export async function scoreGroup(
  group: GroupToScore,
  names: readonly RewardName[],
): Promise<JudgedCompletions> {
  const sample = sampleOf(group.question);
  const completions = group.completions.map((completion) => ({
    ...completion,
    finishReason: 'stop' as const,
  }));
  const outcomes = new Map<string, readonly RewardOutcome[]>();
  for (const name of names) {
    const plugin = plugins[name];
    const options = parseOptions(plugin, { compat: 'spacer' });
    const reward = await createFromPlugin(plugin, options, CONTEXT);
    const input = {
      sample,
      completions,
      outcomes: new Map(outcomes),
      signal: new AbortController().signal,
      ...(group.looks && { looks: group.looks }),
    };
    outcomes.set(name, await reward.score(input));
  }
  return { completions, outcomes };
}

/** The value of an outcome; an abstention adds nothing. A failure has no value. */
export function valueOf(outcome: RewardOutcome | undefined): number {
  if (outcome === undefined || outcome.status === 'abstained') return 0;
  if (outcome.status === 'scored') return outcome.value;
  throw new Error(`the reward failed: ${outcome.reason}`);
}

function sampleOf({ problemType, solution, path, kind = 'video', map: truth }: Question): Sample {
  return {
    id: path,
    problem: '',
    options: [],
    problemType: problemType as ProblemType,
    solution,
    media: [{ kind, path }],
    source: 'SR_dataset',
    ...(truth !== undefined && { map: truth }),
  };
}
