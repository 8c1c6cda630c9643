/** What one completion of a group is sent as by a trainer that has them one at a time, and what it is answered. */
import { z } from 'zod';
import { wireCompletion, wireSample } from '../wire.ts';

/** Most completions that a group may have. */
const MOST_COMPLETIONS = 1024;

/** Body of `POST /gather`. */
export const gatherBody = z.strictObject({
  /** Name of the group; the same for all of its completions, and for no other completion of the run. */
  group: z.string().min(1).max(500),
  /** Completions that it has. */
  size: z.int().positive().max(MOST_COMPLETIONS),
  /** Name of this completion within the group; sent again, it is the same completion. */
  member: z.string().min(1).max(500),
  /** `probe`: a check before a run, which is not recorded. */
  split: z.enum(['train', 'validation', 'probe']).default('train'),
  sample: wireSample,
  completion: wireCompletion,
  /** What the prompt opened of the answer. */
  opened: z.string().optional(),
  /** Step of the training, from 1, for weights that move. */
  step: z.int().positive().optional(),
});

/** A completion as it was sent. */
export type GatherBody = z.output<typeof gatherBody>;

/** What a completion is answered. */
export type GatherAnswer =
  /** The group is not whole yet: ask again. */
  | { readonly status: 'waiting'; readonly arrived: number; readonly size: number }
  | {
      readonly status: 'scored';
      /** Comparable sum of the rewards; null where every one abstained. */
      readonly score: number | null;
      readonly columns: Readonly<Record<string, number>>;
    }
  /** The group lost a reward, or some of its completions never came: no completion of it has a score. */
  | { readonly status: 'failed'; readonly message: string };
