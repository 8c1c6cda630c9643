/**
 * Notices when a run has nothing to learn from: every advantage of a step is 0, so that only the KL moves the weights. It warns after a few
 * such steps in a row, and again at the end.
 */
import { ZERO_VARIANCE_REASONS, zeroVarianceReason } from '../../rollout/zero-variance.ts';
import type { LeadingReward, ZeroVarianceReason } from '../../rollout/zero-variance.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { AdvantagedGroup } from '../../spec/index.ts';

/** Steps in a row, and groups in them, without a signal before a warning. */
const FEW = { steps: 3, groups: 6 };

/** The remedy for the reason that most groups share. */
const REMEDIES: Readonly<Record<ZeroVarianceReason, string>> = {
  'all-correct':
    'every completion of a group answers right; harder questions would tell them apart',
  'all-wrong':
    'every completion of a group answers wrong; easier questions, a stronger start model or a smoother reward would tell them apart',
  'all-unparsed':
    'no answer can be read; check the texts in rollouts.jsonl, maxNewTokens and the prompt',
  'reward-failed': 'a reward fails; its warnings above name the error',
  'rewards-cancel': 'the contributions of the rewards cancel out; change their weights',
  other: 'the completions of a group earn the same; read rollouts.jsonl',
  'too-few-scored':
    'the rewards abstain from all completions of a group, or all but one, or those are truncated and left out',
  'all-highest': 'every completion of a group earns the most that the first reward gives',
  'all-lowest': 'every completion of a group earns the least that the first reward gives',
};

/** Watches the steps of one run. */
export class SignalWatch {
  readonly #leading: LeadingReward | undefined;
  #steps = 0;
  #without = 0;
  #streak = { from: 0, steps: 0, groups: 0 };
  #warned = false;
  #reasons = new Map<ZeroVarianceReason, number>();

  /** @param leading The first reward of the config, which names the reasons. */
  constructor(leading: LeadingReward | undefined) {
    this.#leading = leading;
  }

  /** @returns The warning, when the last few steps had no signal. */
  observe(
    step: number,
    scores: readonly GroupScore[],
    groups: ReadonlyMap<GroupScore, AdvantagedGroup>,
  ): string | undefined {
    const reasons = scores.map((score) =>
      zeroVarianceReason(score, groups.get(score), this.#leading, groups.get(score)?.leftOut),
    );
    this.#steps++;
    if (reasons.includes(undefined)) {
      this.#streak = { from: 0, steps: 0, groups: 0 };
      return undefined;
    }
    this.#without++;
    for (const reason of reasons) {
      if (reason !== undefined) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    }
    if (this.#streak.steps === 0) this.#streak.from = step;
    this.#streak.steps++;
    this.#streak.groups += scores.length;
    const { from, steps, groups: count } = this.#streak;
    if (this.#warned || steps < FEW.steps || count < FEW.groups) return undefined;
    this.#warned = true;
    return `Steps ${from} to ${step} taught nothing: all advantages are 0, so only the KL moves the weights; ${this.#advice()}`;
  }

  /** The warning for the end of the run; undefined when it had a signal. */
  summary(): string | undefined {
    if (this.#without === 0 || (!this.#warned && this.#without < this.#steps)) return undefined;
    const which =
      this.#without === this.#steps
        ? this.#steps === 1
          ? 'The one step of this run'
          : `All ${this.#steps} steps of this run`
        : `${this.#without} of the ${this.#steps} steps of this run`;
    return `${which} taught nothing: all advantages were 0; ${this.#advice()}`;
  }

  #advice(): string {
    const counts = ZERO_VARIANCE_REASONS.map((reason) => this.#reasons.get(reason) ?? 0);
    const most = ZERO_VARIANCE_REASONS[counts.indexOf(Math.max(...counts))]!;
    const total = counts.reduce((sum, count) => sum + count, 0);
    return `in ${Math.max(...counts)} of ${total} groups, ${REMEDIES[most]}`;
  }
}
