/** The short way to write a reward: a function of one completion, or of a group. */
import { z } from 'zod';
import type { ZodType } from 'zod';
import { messageOf } from '../errors/loci-error.ts';
import { refuseOldFlag } from '../rollout/looks.ts';
import type {
  PluginContext,
  PluginDescriptor,
  Reward,
  RewardInput,
  RewardOutcome,
  Sample,
  ScoredText,
  SpanCredit,
} from '../spec/index.ts';
import { definePlugin } from './define-plugin.ts';

/** A value with its explanation. */
export interface ReasonedValue {
  readonly value: number;
  /** Named pieces of the value: `{ named: 3, missing: 1 }`. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Why the value is what it is. */
  readonly reason?: string;
  /** What stretches of the text earned, for a reward that declares `credits`. */
  readonly credits?: readonly SpanCredit[];
}

/** The result of a reward function: a bare value, a value with parts and a reason, or an outcome such as `abstain('…')`. */
export type RewardVerdict = number | ReasonedValue | RewardOutcome;

/** The input of a reward function beside completion and sample. */
export interface RewardContext<Options> {
  readonly options: Options;
  /** The whole group: all completions, the outcomes of the rewards in `after`, and the completions under other looks. */
  readonly group: RewardInput;
  /** Aborted after the timeout. */
  readonly signal: AbortSignal;
  /** Seed, folders and logger of the run. */
  readonly run: PluginContext;
}

/** The same for one completion of the group. */
export interface CompletionContext<Options> extends RewardContext<Options> {
  /** Index within the group. */
  readonly index: number;
  /** The outcome of an earlier reward for this completion; name that reward in `after`. Undefined when the run does not have it. */
  said(reward: string): RewardOutcome | undefined;
}

interface RewardDeclaration<Options> extends Partial<
  Pick<Reward, 'range' | 'after' | 'looks' | 'parts' | 'perCompletion' | 'credits' | 'examples'>
> {
  /** Kebab-case noun; unique among rewards. */
  readonly name: string;
  /** One sentence for `--help` and the docs. */
  readonly description: string;
  /** zod object; none by default. */
  readonly options?: ZodType<Options>;
}

/** A reward that scores one completion at a time. */
export interface CompletionReward<Options> extends RewardDeclaration<Options> {
  /** An error fails this completion, by name, and leaves its group out of the update. */
  score(
    completion: ScoredText,
    sample: Sample,
    context: CompletionContext<Options>,
  ): RewardVerdict | Promise<RewardVerdict>;
}

/** A reward that compares the completions of a group, or judges them in one go. */
export interface GroupReward<Options> extends RewardDeclaration<Options> {
  /** One verdict for each completion, in order. */
  scoreGroup(
    completions: readonly ScoredText[],
    sample: Sample,
    context: RewardContext<Options>,
  ): readonly RewardVerdict[] | Promise<readonly RewardVerdict[]>;
}

/**
 * Declares a reward plugin. Values lie in `range`, 0…1 by default. The config sets weight, timeout, clip and gate.
 *
 * @example
 * export const brevity = defineReward({
 *   name: 'brevity',
 *   description: 'One point for a completion of at most `limit` tokens.',
 *   options: z.strictObject({ limit: z.number().default(100) }),
 *   score: ({ tokenCount }, sample, { options }) => (tokenCount <= options.limit ? 1 : 0),
 * });
 * @throws LociError `look-flag` for a reward that declares looks as earlier versions did.
 */
export function defineReward<Options = Readonly<Record<string, never>>>(
  reward: CompletionReward<Options> | GroupReward<Options>,
): PluginDescriptor<'reward', Options> {
  refuseOldFlag(reward);
  const { name, description, range = [0, 1], after, looks, examples } = reward;
  const { parts, perCompletion, credits } = reward;
  return definePlugin({
    kind: 'reward',
    name,
    description,
    options: reward.options ?? (z.strictObject({}) as unknown as ZodType<Options>),
    create: (options, run) => ({
      range,
      ...(after && { after }),
      ...(looks && { looks }),
      ...(parts && { parts }),
      ...(perCompletion && { perCompletion }),
      ...(credits && { credits }),
      ...(examples && { examples }),
      score: async (group) => {
        const { completions, sample } = group;
        // The group creates its signal on the first read, so the context reads it only when the reward does.
        if ('scoreGroup' in reward) {
          const verdicts = await reward.scoreGroup(completions, sample, {
            options,
            group,
            run,
            get signal() {
              return group.signal;
            },
          });
          return listOf(verdicts).map(outcomeOf);
        }
        return Promise.all(
          completions.map((completion, index) =>
            guarded(() =>
              reward.score(completion, sample, {
                options,
                group,
                run,
                get signal() {
                  return group.signal;
                },
                index,
                said: (other) => group.outcomes.get(other)?.[index],
              }),
            ),
          ),
        );
      },
    }),
  });
}

/** The outcome of a reward that does not apply to a completion. It adds nothing to the sum. */
export function abstain(reason: string): RewardOutcome {
  return { status: 'abstained', reason };
}

async function guarded(
  score: () => RewardVerdict | Promise<RewardVerdict>,
): Promise<RewardOutcome> {
  try {
    return outcomeOf(await score());
  } catch (thrown) {
    return { status: 'failed', reason: `threw: ${messageOf(thrown)}` };
  }
}

/** Plugins written in JavaScript may return anything, whatever their types say. */
function listOf(verdicts: readonly RewardVerdict[]): readonly RewardVerdict[] {
  if (Array.isArray(verdicts)) return verdicts as readonly RewardVerdict[];
  throw new TypeError('scoreGroup returned no list of verdicts');
}

function outcomeOf(verdict: RewardVerdict): RewardOutcome {
  if (typeof verdict === 'number') return { status: 'scored', value: verdict };
  if (typeof verdict !== 'object' || verdict === null || 'status' in verdict) return verdict;
  return { status: 'scored', ...verdict };
}
