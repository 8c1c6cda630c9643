/** The list of all kinds of questions: those of SR-91k, and one more. */
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
import { routePlanning } from './route-planning.ts';

/** Names of the kinds of SR-91k, in the order of reports: the default kinds. */
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

/** These kinds, and a further one of VSI-Bench. */
export const ALL_QUESTION_KINDS = [...QUESTION_KINDS, 'route-planning'] as const;

/** The name of a kind of question. */
export type QuestionKindName = (typeof ALL_QUESTION_KINDS)[number];

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
  'route-planning': routePlanning,
};

/** How worked steps of a kind with options end, which leads to the letter. @param answer the right option in words. */
export function endingOf(
  kind: QuestionKindName,
  options: readonly string[],
  answer: string,
): string {
  const { ending } = QUESTIONS[kind];
  return ending?.(options, answer) ?? options.find((option) => option.slice(3) === answer)!;
}
