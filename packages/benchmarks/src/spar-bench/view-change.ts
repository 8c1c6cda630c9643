/** Camera actions, the answers of SPAR-Bench's `view_change_infer`: `move_right:0.5,rotate_left:10`. */
import { meanRelativeAccuracy, pythonFloat } from '@loci/core';

/** The five axes as pairs of opposite actions, meters and degrees. */
const AXES: readonly (readonly [plus: string, minus: string])[] = [
  ['move_right', 'move_left'],
  ['move_up', 'move_down'],
  ['move_forward', 'move_backward'],
  ['rotate_right', 'rotate_left'],
  ['rotate_up', 'rotate_down'],
];

/** Amounts by action, as written. */
export type Actions = ReadonlyMap<string, number>;

/**
 * Reads `name:number` pairs between commas; `undefined` when a piece is not one. Blanks belong to the name, so an action after a
 * comma and a blank has a name of no axis.
 */
export function readActions(text: string): Actions | undefined {
  const actions = new Map<string, number>();
  for (const piece of text.split(',')) {
    const [name, amount, ...more] = piece.split(':');
    const value = amount === undefined || more.length > 0 ? undefined : pythonFloat(amount);
    if (name === undefined || value === undefined) return undefined;
    actions.set(name, value);
  }
  return actions;
}

/**
 * The authors' score: over the five axes the mean of mean relative accuracies in which the truth is compared **relative to the
 * prediction**; an axis absent on both sides counts 1.
 */
export function viewChangeAsAuthors(prediction: Actions, truth: Actions): number {
  const scores = AXES.map((axis) =>
    meanRelativeAccuracy(along(truth, axis), along(prediction, axis), 'spar_eval'),
  );
  return meanOf(scores);
}

/** The same relative to the truth, over the axes along which either side moves; 1 when neither moves at all. */
export function viewChangeStrictly(prediction: Actions, truth: Actions): number {
  const moving = AXES.map((axis) => [along(prediction, axis), along(truth, axis)] as const).filter(
    ([predicted, actual]) => predicted !== 0 || actual !== 0,
  );
  if (moving.length === 0) return 1;
  return meanOf(moving.map(([predicted, actual]) => meanRelativeAccuracy(predicted, actual)));
}

/** Reads actions with blanks around names and numbers; `undefined` for unknown actions. */
export function readActionsStrictly(text: string): Actions | undefined {
  const actions = readActions(text.replace(/\s+/gu, ''));
  const known = new Set(AXES.flat());
  return actions && [...actions.keys()].every((name) => known.has(name)) ? actions : undefined;
}

function along(actions: Actions, [plus, minus]: readonly [string, string]): number {
  return (actions.get(plus) ?? 0) - (actions.get(minus) ?? 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
