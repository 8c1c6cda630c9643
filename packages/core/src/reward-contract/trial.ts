/** Tries one reward on one sample. */
import type { Reward, RewardInput, Sample, ScoredText } from '../spec/index.ts';
import type { TrialCompletion } from './trial-group.ts';
import { callWatched } from './watched-call.ts';
import type { WatchedCall } from './watched-call.ts';

/** The parts of a trial. */
export interface TrialFacts {
  readonly reward: Reward;
  /** Another instance of the same reward. */
  fresh(): Reward | Promise<Reward>;
  readonly timeoutMs: number;
  readonly sample: Sample;
  /** Two completions that earn the most, a wrong one, then garbage. */
  readonly group: readonly TrialCompletion[];
  /** Completions under the looks of the reward; none where it declares none. */
  readonly looks: NonNullable<RewardInput['looks']>;
  /** Outcomes of the rewards that come before, for any completions. */
  earlier(
    completions: readonly ScoredText[],
  ): RewardInput['outcomes'] | Promise<RewardInput['outcomes']>;
}

/** A trial of one reward on one sample. */
export class RewardTrial {
  readonly facts: TrialFacts;
  readonly completions: readonly ScoredText[];
  /** Milliseconds a completion, of every call on the trial group. */
  readonly timings: number[] = [];
  /** The longest that one long text took, in milliseconds. */
  longestMs = 0;
  /** A call took as long as the time-out allows. */
  hung = false;
  #base: Promise<WatchedCall> | undefined;

  constructor(facts: TrialFacts) {
    this.facts = facts;
    this.completions = facts.group.map(({ completion }) => completion);
  }

  /** The outcomes of the trial group. The reward is called once; when the group breaks it, also on each completion alone. */
  base(): Promise<WatchedCall> {
    this.#base ??= this.callNamingCulprit(this.completions);
    return this.#base;
  }

  /**
   * As `call`; a breach that is the whole group's is put down to the first completion that alone has it too, which costs a
   * reward that hangs one more time-out.
   */
  async callNamingCulprit(completions: readonly ScoredText[]): Promise<WatchedCall> {
    const call = await this.call(completions);
    if (call.broken === undefined || call.broken.completion !== undefined) return call;
    for (const completion of completions) {
      const alone = await this.call([completion]);
      if (alone.broken?.rule === call.broken.rule) {
        return { ...call, broken: { ...alone.broken, completion } };
      }
    }
    return call;
  }

  /** Calls the reward with copies of everything, so that nothing it changes is seen elsewhere. */
  async call(
    completions: readonly ScoredText[],
    reward: Reward = this.facts.reward,
  ): Promise<WatchedCall> {
    const { sample, looks, timeoutMs } = this.facts;
    const outcomes = await this.facts.earlier(completions);
    const given = { sample, completions, outcomes, ...(looks.size > 0 && { looks }) };
    const call = await callWatched(reward, given, timeoutMs);
    this.hung ||= call.hung;
    if (completions.length === this.completions.length) {
      this.timings.push(call.elapsedMs / completions.length);
    }
    return call;
  }
}
