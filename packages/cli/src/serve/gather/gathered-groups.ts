/**
 * Groups whose completions arrive one at a time, from anywhere on a cluster. A group is scored when it is whole, as in a run here, and each
 * of its completions is then answered.
 */
import { messageOf } from '@loci/core';
import { HttpError } from '../http-error.ts';
import type { GatherAnswer, GatherBody } from './wire.ts';

/** A group that is whole: of each member what was sent, in the order in which they came. */
export interface WholeGroup {
  readonly name: string;
  readonly members: readonly GatherBody[];
}

/** Scores a whole group: one answer a member, in order. */
export type ScoreWhole = (group: WholeGroup) => Promise<readonly GatherAnswer[]>;

/** How long groups are held. */
export interface GatherLimits {
  /** Milliseconds without a new completion after which a group that is not whole has failed. */
  readonly idleMs: number;
  /** Milliseconds that answers are kept for those who did not hear them. */
  readonly keepMs: number;
  /** Groups that are held at once. */
  readonly groups: number;
}

/** The limits of the command `serve-rewards`. */
export const GATHER_LIMITS: GatherLimits = {
  idleMs: 30 * 60_000,
  keepMs: 60 * 60_000,
  groups: 50_000,
};

interface HeldGroup {
  readonly members: Map<string, GatherBody>;
  /** Of the sample that all members must have. */
  readonly sampleText: string;
  readonly size: number;
  /** Milliseconds of the clock. */
  touched: number;
  answers?: Promise<ReadonlyMap<string, GatherAnswer>>;
}

/** Holds groups until they are whole. */
export class GatheredGroups {
  readonly #score: ScoreWhole;
  readonly #limits: GatherLimits;
  readonly #now: () => number;
  readonly #groups = new Map<string, HeldGroup>();
  #swept = 0;

  constructor(score: ScoreWhole, limits: GatherLimits = GATHER_LIMITS, now = Date.now) {
    this.#score = score;
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Takes a completion, and answers it when its group is whole.
   *
   * @throws HttpError 400 for a completion that contradicts its group, 503 when too many groups are held.
   */
  async ask(body: GatherBody): Promise<GatherAnswer> {
    this.#sweep();
    const group = this.#groupOf(body);
    if (!group.members.has(body.member)) {
      group.members.set(body.member, body);
      group.touched = this.#now();
    }
    const { size, members } = group;
    if (members.size < size) {
      if (this.#now() - group.touched <= this.#limits.idleMs) {
        return { status: 'waiting', arrived: members.size, size };
      }
      group.answers ??= Promise.resolve(failedAll(members, neverCame(group)));
    }
    group.answers ??= this.#answers(body.group, members);
    return (await group.answers).get(body.member)!;
  }

  /** The group that a completion belongs to. One that is answered already and does not know the completion makes place for a new one. */
  #groupOf(body: GatherBody): HeldGroup {
    const { group: name, size, member, sample } = body;
    const held = this.#groups.get(name);
    if (held !== undefined && (held.answers === undefined || held.members.has(member))) {
      if (held.size !== size) {
        throw new HttpError(
          400,
          'group-size',
          `The group ${name} has ${held.size} completions, not ${size}`,
        );
      }
      if (held.sampleText !== JSON.stringify(sample)) {
        throw new HttpError(
          400,
          'group-sample',
          `The completions of the group ${name} are of different samples`,
        );
      }
      return held;
    }
    if (held === undefined && this.#groups.size >= this.#limits.groups) {
      throw new HttpError(
        503,
        'too-many-groups',
        `${this.#groups.size} groups are held already: ask again later`,
      );
    }
    const made = {
      members: new Map(),
      sampleText: JSON.stringify(sample),
      size,
      touched: this.#now(),
    };
    this.#groups.set(name, made);
    return made;
  }

  async #answers(
    name: string,
    members: ReadonlyMap<string, GatherBody>,
  ): Promise<ReadonlyMap<string, GatherAnswer>> {
    try {
      const answers = await this.#score({ name, members: [...members.values()] });
      return new Map(Array.from(members.keys(), (member, index) => [member, answers[index]!]));
    } catch (thrown) {
      return failedAll(members, messageOf(thrown));
    }
  }

  /** Forgets what nobody asks for any more; looks at all at most once a minute. */
  #sweep(): void {
    const now = this.#now();
    if (now - this.#swept < 60_000) return;
    this.#swept = now;
    const { idleMs, keepMs } = this.#limits;
    for (const [name, { touched }] of this.#groups) {
      if (now - touched > idleMs + keepMs) this.#groups.delete(name);
    }
  }
}

function neverCame({ members, size }: HeldGroup): string {
  return `${members.size} of the ${size} completions of the group came; the others never did`;
}

function failedAll(
  members: ReadonlyMap<string, GatherBody>,
  message: string,
): ReadonlyMap<string, GatherAnswer> {
  return new Map(Array.from(members.keys(), (member) => [member, { status: 'failed', message }]));
}
