/** The twenty tasks of SPAR-Bench, by level and by the form of their answers. */

/** Answered with a number. */
export const LOW: readonly string[] = [
  'depth_prediction_oc',
  'depth_prediction_oo',
  'depth_prediction_oc_mv',
  'depth_prediction_oo_mv',
  'distance_prediction_oc',
  'distance_prediction_oo',
  'distance_prediction_oc_mv',
  'distance_prediction_oo_mv',
];

/** The task whose answer is a list of camera actions. */
export const VIEW_CHANGE = 'view_change_infer';

/** Letters, and the list of actions. */
export const MIDDLE: readonly string[] = ['position_matching', 'camera_motion_infer', VIEW_CHANGE];

/** Answered with a letter. */
export const HIGH: readonly string[] = [
  'obj_spatial_relation_oo',
  'obj_spatial_relation_oc_mv',
  'obj_spatial_relation_oo_mv',
  'spatial_imagination_oc',
  'spatial_imagination_oo',
  'spatial_imagination_oc_mv',
  'spatial_imagination_oo_mv',
  'distance_infer_center_oo',
  'distance_infer_center_oo_mv',
];

/** The form of the answers to a task. */
export type SparAnswer = 'number' | 'letter' | 'actions';

/** `undefined` for a task that is none of the twenty. */
export function answerOf(task: string): SparAnswer | undefined {
  if (LOW.includes(task)) return 'number';
  if (task === VIEW_CHANGE) return 'actions';
  return MIDDLE.includes(task) || HIGH.includes(task) ? 'letter' : undefined;
}

/** The level of a task. */
export function levelOf(task: string): 'Low' | 'Middle' | 'High' | undefined {
  if (LOW.includes(task)) return 'Low';
  if (MIDDLE.includes(task)) return 'Middle';
  return HIGH.includes(task) ? 'High' : undefined;
}
