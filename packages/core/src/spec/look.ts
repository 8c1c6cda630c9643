/** Other looks at a prompt: the same question about black frames, shuffled frames, another video. */

/**
 * What the model sees in place of the media as filmed: frames in random order, in reverse order, mirrored (left and right exchanged), only the
 * first frame, black frames, or the media of another sample of the same step.
 */
export type LookTreatment =
  'shuffled' | 'reversed' | 'mirrored' | 'first-frame' | 'blank' | 'other-video';

/** The key of a look's completions in groups, stored rollouts and requests. */
export type LookName = string;

/** Completions of each prompt: a whole number, or a share of the group size, rounded down. */
export type LookCompletions = number | { readonly share: number };

/** One look at every prompt of a step. */
export interface Look {
  readonly show: LookTreatment;
  /** Half of the group size by default. */
  readonly completions?: LookCompletions;
}

/**
 * The looks that a reward needs: a list of treatments, with half a group each and their own names, or named looks with settings.
 *
 * @example ['shuffled']
 * @example { 'one-blank': { show: 'blank', completions: 1 } }
 */
export type Looks = readonly LookTreatment[] | Readonly<Record<LookName, Look>>;
