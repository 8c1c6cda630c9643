/**
 * Gathers groups whose completions arrive one at a time, from anywhere on a cluster. It scores a group when it is complete, as Loci's own
 * training loop does, and then answers each of its completions.
 */
import { messageOf } from '@loci/core';
import { HttpError } from '../http-error.ts';
import type { GatherAnswer, GatherBody } from './wire.ts';

/** A complete group: the request of each member, in the order of arrival. */
export interface WholeGroup {
  readonly name: string;
  readonly members: readonly GatherBody[];
}

/** Scores a complete group: one answer per member, in order. */
export type ScoreWhole = (group: WholeGroup) => Promise<readonly GatherAnswer[]>;

/** Limits on held groups. */
export interface GatherLimits {
  /** Milliseconds without a new completion after which an incomplete group fails. */
  readonly idleMs: number;
  /** Milliseconds that answers are kept for clients that lost theirs. */
  readonly keepMs: number;
  /** Most groups at once. */
  readonly groups: number;
}

/** The limits of the command `serve-rewards`. */
const GATHER_LIMITS: GatherLimits = {
  idleMs: 30 * 60_000,
  keepMs: 60 * 60_000,
  groups: 50_000,
};

interface HeldGroup {
  readonly members: Map<string, GatherBody>;
  /** JSON text of the sample, which all members share. */
  readonly sampleText: string;
  readonly size: number;
  /** Milliseconds of the clock. */
  touched: number;
  answers?: Promise<ReadonlyMap<string, GatherAnswer>>;
}

/** Holds groups until they are complete. */
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
   * Takes a completion, and answers it when its group is complete.
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

  /** The group of a completion. An answered group without this completion is replaced by a new one. */
  #groupOf(body: GatherBody): HeldGroup {
    const { group: name, size, member, sample } = body;
    const held = this.#groups.get(name);
    if (held !== undefined && (held.answers === undefined || held.members.has(member))) {
      if (held.size !== size) {
        throw new HttpError(
          400,
          'group-size',
          `The group ${name} has ${held.size} completions, not ${size}: send the same size with each`,
        );
      }
      if (held.sampleText !== JSON.stringify(sample)) {
        throw new HttpError(
          400,
          'group-sample',
          `The completions of the group ${name} have different samples: send the same sample with each`,
        );
      }
      return held;
    }
    if (held === undefined && this.#groups.size >= this.#limits.groups) {
      throw new HttpError(
        503,
        'too-many-groups',
        `${this.#groups.size} groups wait already: try again later`,
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

  /** Drops groups that nobody requests any more, at most once a minute. */
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
  return `only ${members.size} of the ${size} completions of the group arrived`;
}

function failedAll(
  members: ReadonlyMap<string, GatherBody>,
  message: string,
): ReadonlyMap<string, GatherAnswer> {
  return new Map(Array.from(members.keys(), (member) => [member, { status: 'failed', message }]));
}
