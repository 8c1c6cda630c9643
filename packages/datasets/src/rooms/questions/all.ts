/** The list of all kinds of questions: those of SR-91k. */
import { absoluteDistance } from './absolute-distance.ts';
import { appearanceOrder } from './appearance-order.ts';
import { counting } from './counting.ts';
import { objectSize } from './object-size.ts';
import type { QuestionKind } from './question.ts';
import {
  relativeDirectionEasy,
  relativeDirectionHard,
  relativeDirectionMedium,
} from './relative-direction.ts';
import { relativeDistance } from './relative-distance.ts';
import { roomSize } from './room-size.ts';

/** Names of the kinds, in the order in which reports list them. */
export const QUESTION_KINDS = [
  'relative-direction-easy',
  'relative-direction-medium',
  'relative-direction-hard',
  'appearance-order',
  'absolute-distance',
  'object-size',
  'room-size',
  'relative-distance',
  'counting',
] as const;

/** The name of a kind of question. */
export type QuestionKindName = (typeof QUESTION_KINDS)[number];

/** The kinds by name. */
export const QUESTIONS: Readonly<Record<QuestionKindName, QuestionKind>> = {
  'relative-direction-easy': relativeDirectionEasy,
  'relative-direction-medium': relativeDirectionMedium,
  'relative-direction-hard': relativeDirectionHard,
  'appearance-order': appearanceOrder,
  'absolute-distance': absoluteDistance,
  'object-size': objectSize,
  'room-size': roomSize,
  'relative-distance': relativeDistance,
  counting,
};
