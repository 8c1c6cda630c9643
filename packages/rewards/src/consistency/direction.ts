/** Answers "You stand at A and face B. Where is C?" from three cells. */
import type { Cell } from '@loci/core';
import type { DirectionLevel } from './question.ts';

/** The three cells of the question. */
export interface Standpoint {
  readonly observer: Cell;
  readonly faced: Cell;
  readonly target: Cell;
}

/**
 * The direction word of a level for a target, or why the cells leave it open. All arithmetic is on whole numbers, so borders are exact. Back
 * starts at 135 degrees from straight ahead, that angle included. Quadrants are those of a plane whose y axis is the facing direction; their
 * borders belong to none.
 *
 * @param mirrored Whether rows grow toward the viewer of the map, which exchanges left and right.
 */
export function directionOf(
  { observer, faced, target }: Standpoint,
  level: DirectionLevel,
  mirrored: boolean,
): { readonly word: string } | { readonly open: string } {
  const [fx, fy] = [faced[0] - observer[0], faced[1] - observer[1]];
  const [tx, ty] = [target[0] - observer[0], target[1] - observer[1]];
  if (fx === 0 && fy === 0) return { open: 'the map has what is faced where the observer stands' };
  if (tx === 0 && ty === 0) return { open: 'the map has what is sought where the observer stands' };
  const ahead = fx * tx + fy * ty;
  const left = (fx * ty - fy * tx) * (mirrored ? -1 : 1);
  if (level === 'medium' && -ahead >= Math.abs(left)) return { word: 'back' };
  if (left === 0) return { open: 'the map has it neither left nor right' };
  const side = left > 0 ? 'left' : 'right';
  if (level !== 'hard') return { word: side };
  if (ahead === 0) return { open: 'the map has it neither in front nor behind' };
  return { word: `${ahead > 0 ? 'front' : 'back'} ${side}` };
}
