/** All looks, and those that the rewards of a run need. Only this file knows looks by name. */
import { LociError } from '../errors/loci-error.ts';
import type {
  FrameTreatment,
  Look,
  LookName,
  LookTreatment,
  MediaReference,
  Reward,
  Sample,
} from '../spec/index.ts';
import type { RunReward } from './run-reward.ts';

/** The implementation of one treatment. */
export interface LookMethod {
  /** Kinds of media that it changes. */
  readonly media: readonly MediaReference['kind'][];
  /** Purpose of its seed: `deriveSeed(run, purpose, step, sample)`. */
  readonly seedPurpose: string;
  /** Whether the media of another sample are shown. */
  readonly foreign?: true;
  readonly frames: (seed: number) => FrameTreatment;
}

const VIDEOS = ['video'] as const;
const ALL_MEDIA = ['video', 'image'] as const;

/** Every treatment with its implementation. */
export const LOOK_METHODS: Readonly<Record<LookTreatment, LookMethod>> = {
  shuffled: {
    media: VIDEOS,
    seedPurpose: 'shuffle',
    frames: (seed) => ({ kind: 'shuffled', seed }),
  },
  reversed: { media: VIDEOS, seedPurpose: 'reversed', frames: () => ({ kind: 'reversed' }) },
  mirrored: { media: ALL_MEDIA, seedPurpose: 'mirrored', frames: () => ({ kind: 'mirrored' }) },
  'first-frame': {
    media: VIDEOS,
    seedPurpose: 'first-frame',
    frames: () => ({ kind: 'first-frame' }),
  },
  blank: { media: ALL_MEDIA, seedPurpose: 'blank', frames: () => ({ kind: 'blank' }) },
  'other-video': {
    media: ALL_MEDIA,
    seedPurpose: 'other-video',
    foreign: true,
    frames: () => ({ kind: 'as-filmed' }),
  },
};

/** Default number of completions under a look, as a share of the group. */
const HALF = { share: 0.5 } as const;

/** The key of rollout lines and requests in earlier versions, which had only one look. */
export const OLD_LOOK_KEY = 'shuffled';

/** The flag by which rewards of earlier versions declared that look. */
const OLD_FLAG = 'needsShuffledFrames';

/** That look. */
export const OLD_LOOK: LookName = 'shuffled';

/**
 * Rejects a reward of an earlier version. Its flag has no effect anymore, so it would never get the completions that it compares with.
 *
 * @throws LociError `look-flag`.
 */
export function refuseOldFlag(reward: object): void {
  if (!(OLD_FLAG in reward) || reward[OLD_FLAG] === false) return;
  throw new LociError(
    'look-flag',
    `A reward declares "${OLD_FLAG}", which no longer exists. Declare looks: ['${OLD_LOOK}'], and read ` +
      `group.looks?.get('${OLD_LOOK}') in place of group.${OLD_LOOK_KEY}; docs/looks.md has an example`,
  );
}

/**
 * The looks that a reward declares, by name.
 *
 * @throws LociError `look-unknown` for an unknown treatment, `look-completions` for an invalid number; as `refuseOldFlag`.
 */
export function looksOf(reward: Pick<Reward, 'looks'>): ReadonlyMap<LookName, Required<Look>> {
  refuseOldFlag(reward);
  const { looks = [] } = reward;
  const declared: readonly (readonly [LookName, Look])[] = isList(looks)
    ? looks.map((show) => [show, { show }])
    : Object.entries(looks);
  return new Map(
    declared.map(([name, { show, completions = HALF }]) => {
      checkLook(name, { show, completions });
      return [name, { show, completions }];
    }),
  );
}

/**
 * The looks of all rewards of a run, by name, in the order in which they are declared.
 *
 * @throws LociError `look-conflict` when two rewards declare different looks with the same name; as `looksOf`.
 */
export function looksOfRun(rewards: readonly RunReward[]): ReadonlyMap<LookName, Required<Look>> {
  const looks = new Map<LookName, Required<Look>>();
  const owners = new Map<LookName, string>();
  for (const { name: owner, reward } of rewards) {
    for (const [name, look] of looksOf(reward)) {
      const known = looks.get(name);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(look)) {
        throw new LociError(
          'look-conflict',
          `The rewards ${owners.get(name)} and ${owner} declare different looks with the name "${name}" ` +
            `(${described(known)}; ${described(look)}); give one of them another name`,
        );
      }
      looks.set(name, look);
      owners.set(name, owner);
    }
  }
  return looks;
}

/**
 * Checks before a run that every look of its rewards is possible.
 *
 * @throws LociError `look-impossible` when a look shows another sample of the step, but a step has only one; as `looksOfRun`.
 */
export function checkLooks(rewards: readonly RunReward[], promptsPerStep: number): void {
  for (const [name, { show }] of looksOfRun(rewards)) {
    if (LOOK_METHODS[show].foreign !== true || promptsPerStep > 1) continue;
    throw new LociError(
      'look-impossible',
      `The reward ${rewardsNeeding(name, rewards)[0]!.name} shows the video of another question of the same step, but a step has only ` +
        'one question; set promptsPerStep to 2 or more',
    );
  }
}

/** Whether a reward needs any look. Evaluation has no looks and leaves such rewards out. */
export function needsLooks(reward: Pick<Reward, 'looks'>): boolean {
  return looksOf(reward).size > 0;
}

/** The rewards that need a look of this name. */
export function rewardsNeeding(
  name: LookName,
  rewards: readonly RunReward[],
): readonly RunReward[] {
  return rewards.filter(({ reward }) => looksOf(reward).has(name));
}

/** The completions under the looks that a reward declares; undefined when there are none. */
export function looksFor<Completions>(
  reward: Pick<Reward, 'looks'>,
  taken: ReadonlyMap<LookName, Completions>,
): ReadonlyMap<LookName, Completions> | undefined {
  if (taken.size === 0) return undefined;
  const own = new Map([...taken].filter(([name]) => looksOf(reward).has(name)));
  return own.size === 0 ? undefined : own;
}

/** Completions of each prompt under a look. @param groupSize G. */
export function lookCompletions({ completions }: Required<Look>, groupSize: number): number {
  return typeof completions === 'number' ? completions : Math.floor(groupSize * completions.share);
}

/** Whether a look changes any of a sample's media. */
export function changesUnder({ show }: Look, { media }: Pick<Sample, 'media'>): boolean {
  return media.some(({ kind }) => LOOK_METHODS[show].media.includes(kind));
}

/** Converts a line of `rollouts.jsonl` of version 1, which had a key for its only look. */
export function withCurrentLook<Line extends object>(line: Line): Line {
  if (!(OLD_LOOK_KEY in line)) return line;
  const { [OLD_LOOK_KEY]: isOld, ...rest } = line as Line & Record<typeof OLD_LOOK_KEY, unknown>;
  return (isOld === true ? { ...rest, look: OLD_LOOK } : rest) as unknown as Line;
}

function checkLook(name: LookName, { show, completions }: Required<Look>): void {
  if (!Object.hasOwn(LOOK_METHODS, show)) {
    throw new LociError(
      'look-unknown',
      `The look "${name}" shows "${show}"; a look shows one of ${Object.keys(LOOK_METHODS).join(', ')}`,
    );
  }
  const isGood =
    typeof completions === 'number'
      ? Number.isInteger(completions) && completions > 0
      : completions.share > 0 && Number.isFinite(completions.share);
  if (isGood) return;
  throw new LociError(
    'look-completions',
    `The look "${name}" has the completions ${JSON.stringify(completions)}; give a whole number above 0, or { share } above 0`,
  );
}

function described({ show, completions }: Required<Look>): string {
  const count = typeof completions === 'number' ? completions : `${completions.share} of a group`;
  return `${show}, ${count}`;
}

function isList(looks: NonNullable<Reward['looks']>): looks is readonly LookTreatment[] {
  return Array.isArray(looks);
}
