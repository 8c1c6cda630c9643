/** The question types of VSI-Bench and the eight tasks that they make. */

/** Answered with a letter. */
export const LETTER_TYPES: ReadonlySet<string> = new Set([
  'object_rel_direction_easy',
  'object_rel_direction_medium',
  'object_rel_direction_hard',
  'object_rel_distance',
  'route_planning',
  'obj_appearance_order',
]);

/** Answered with a number: items, meters, centimeters, square meters. */
export const NUMBER_TYPES: ReadonlySet<string> = new Set([
  'object_counting',
  'object_abs_distance',
  'object_size_estimation',
  'room_size_estimation',
]);

/** Three levels that are one task, each with the same weight. */
export const DIRECTION_LEVELS: readonly string[] = [
  'object_rel_direction_easy',
  'object_rel_direction_medium',
  'object_rel_direction_hard',
];

/** The task of all three levels. */
export const DIRECTION = 'object_rel_direction';
