/** The request and the answer for one completion of a group, for trainers that send completions one at a time. */
import { z } from 'zod';
import { wireCompletion, wireSample } from '../wire.ts';

/** Most completions that a group may have. */
const MOST_COMPLETIONS = 1024;

/** Body of `POST /gather`. */
export const gatherBody = z.strictObject({
  /** Name of the group, which its completions share and no other completion of the run has. */
  group: z.string().min(1).max(500),
  /** Number of completions in the group. */
  size: z.int().positive().max(MOST_COMPLETIONS),
  /** Name of this completion within the group. A repeated request with it is for the same completion. */
  member: z.string().min(1).max(500),
  /** `probe` is a check before a run; it is not recorded. */
  split: z.enum(['train', 'validation', 'probe']).default('train'),
  sample: wireSample,
  completion: wireCompletion,
  /** Text with which the prompt begins the answer. */
  opened: z.string().optional(),
  /** Step of the training, from 1, for weights that move. */
  step: z.int().positive().optional(),
});

/** The request of a completion. */
export type GatherBody = z.output<typeof gatherBody>;

/** The answer to a completion. */
export type GatherAnswer =
  /** The group is incomplete: send the request again. */
  | { readonly status: 'waiting'; readonly arrived: number; readonly size: number }
  | {
      readonly status: 'scored';
      /** Comparable sum of the rewards; null where every one abstained. */
      readonly score: number | null;
      readonly columns: Readonly<Record<string, number>>;
    }
  /** A reward failed, or some completions never arrived: no completion of the group has a score. */
  | { readonly status: 'failed'; readonly message: string };
