/** The six kinds of SR-91k, the spatial part of SpaceR-151k, over the nine kinds of questions. */
import type { QuestionKindName } from '../rooms/questions/all.ts';

/** The kinds of questions in each of the six kinds. */
export const SPATIAL_KINDS = {
  'relative-direction': [
    'relative-direction-easy',
    'relative-direction-medium',
    'relative-direction-hard',
  ],
  'appearance-order': ['appearance-order'],
  'absolute-distance': ['absolute-distance'],
  size: ['object-size', 'room-size'],
  'relative-distance': ['relative-distance'],
  counting: ['counting'],
} as const satisfies Readonly<Record<string, readonly QuestionKindName[]>>;

/** One of the six. */
export type SpatialKind = keyof typeof SPATIAL_KINDS;

/** The six, in the order of the figure on the data in the SpaceR repository. */
export const SPATIAL_KIND_NAMES = Object.keys(SPATIAL_KINDS) as readonly SpatialKind[];

/** How many questions SR-91k has of each kind (that figure; 91,315 in all). */
export const SR_91K_COUNTS: Readonly<Record<SpatialKind, number>> = {
  'relative-direction': 30_614,
  'appearance-order': 15_000,
  'absolute-distance': 15_000,
  size: 14_302,
  'relative-distance': 11_335,
  counting: 5_064,
};
