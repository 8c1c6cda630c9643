/** The looks there are, and which of them the rewards of a run need. No other file knows a look by its name. */
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

/** How one treatment is carried out. */
export interface LookMethod {
  /** Media that look different under it. */
  readonly media: readonly MediaReference['kind'][];
  /** Purpose of its seed: `deriveSeed(run, purpose, step, sample)`. */
  readonly seedPurpose: string;
  /** Whether the medium of another sample is shown. */
  readonly foreign?: true;
  readonly frames: (seed: number) => FrameTreatment;
}

const VIDEOS = ['video'] as const;
const ALL_MEDIA = ['video', 'image'] as const;

/** Every treatment, with how it is carried out. */
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

/** A share of the group that a look gets where its declaration leaves it open. */
const HALF = { share: 0.5 } as const;

/** The key of rollout lines and of requests that held the only look of earlier versions. */
export const OLD_LOOK_KEY = 'shuffled';

/** The flag by which rewards of earlier versions asked for it. */
const OLD_FLAG = 'needsShuffledFrames';

/** The look that both meant. */
export const OLD_LOOK: LookName = 'shuffled';

/**
 * Refuses a reward of an earlier version: its flag would be passed over, and it would wait for completions that never come.
 *
 * @throws LociError `look-flag`.
 */
export function refuseOldFlag(reward: object): void {
  if (!(OLD_FLAG in reward) || reward[OLD_FLAG] === false) return;
  throw new LociError(
    'look-flag',
    `A reward asks for other looks by "${OLD_FLAG}", which is gone. Declare looks: ['${OLD_LOOK}'], and read ` +
      `group.looks?.get('${OLD_LOOK}') where it read group.${OLD_LOOK_KEY}; docs/looks.md has an example`,
  );
}

/**
 * The looks that a reward declares, by name.
 *
 * @throws LociError `look-unknown` for a treatment that does not exist, `look-completions` for a number that is none; as
 * `refuseOldFlag`.
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
 * @throws LociError `look-conflict` when two rewards mean different looks by one name; as `looksOf`.
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
          `The rewards ${owners.get(name)} and ${owner} both declare a look "${name}" and mean different ones ` +
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
 * Checks before a run that every look of its rewards can be taken.
 *
 * @throws LociError `look-impossible` when a look shows another sample of the step and a step has one; as `looksOfRun`.
 */
export function checkLooks(rewards: readonly RunReward[], promptsPerStep: number): void {
  for (const [name, { show }] of looksOfRun(rewards)) {
    if (LOOK_METHODS[show].foreign !== true || promptsPerStep > 1) continue;
    throw new LociError(
      'look-impossible',
      `The reward ${rewardsNeeding(name, rewards)[0]!.name} shows the video of another question of the same step, and a step has one ` +
        'question; set promptsPerStep to 2 or more',
    );
  }
}

/** Whether a reward needs any look; evaluation, which takes none, leaves such rewards out. */
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

/** Of the completions under looks those that a reward declares; undefined when there are none. */
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

/** Whether a sample looks different under a look. */
export function changesUnder({ show }: Look, { media }: Pick<Sample, 'media'>): boolean {
  return LOOK_METHODS[show].media.includes(media.kind);
}

/** A line of `rollouts.jsonl` with the look by its name; version 1 had a key for the only look that it knew. */
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
