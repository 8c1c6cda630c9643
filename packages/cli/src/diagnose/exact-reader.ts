/** Answers questions by reading a map without errors: the upper bound for any reader of the map. */
import type { CognitiveMap } from '@loci/core';
import type { AskedQuestion, QuestionKindName } from '@loci/datasets';
import { MAP_KINDS, readDistance } from '../pretrain/map-reader.ts';
import { namedThings } from './named-things.ts';

type Way = readonly [columns: number, rows: number];

/** Cells ahead and to the left for a viewer who faces along the larger component of `facing`; undefined on a diagonal. */
function inView([fx, fy]: Way, [tx, ty]: Way): { ahead: number; left: number } | undefined {
  if (Math.abs(fx) === Math.abs(fy)) return undefined;
  if (Math.abs(fx) > Math.abs(fy)) {
    return fx > 0 ? { ahead: tx, left: ty } : { ahead: -tx, left: -ty };
  }
  return fy > 0 ? { ahead: ty, left: -tx } : { ahead: -ty, left: tx };
}

function direction(kind: QuestionKindName, facing: Way, way: Way): string | undefined {
  const view = inView(facing, way);
  if (view === undefined) return undefined;
  const { ahead, left } = view;
  if (kind === 'relative-direction-medium' && -ahead > Math.abs(left)) return 'back';
  if (left === 0) return undefined;
  const side = left > 0 ? 'left' : 'right';
  if (kind !== 'relative-direction-hard') return side;
  return ahead === 0 ? undefined : `${ahead > 0 ? 'front' : 'back'} ${side}`;
}

/**
 * The answer from a map, in words or as a number; undefined where the map does not determine it, lacks a named object, or the kind is not
 * one of `MAP_KINDS`. Of several instances, the first counts.
 */
export function readMap(question: AskedQuestion, map: CognitiveMap): string | undefined {
  const { kind } = question;
  if (!MAP_KINDS.includes(kind)) return undefined;
  const named = namedThings(question);
  if (kind === 'counting') {
    const count = map[named[0]!]?.length ?? 0;
    return count === 0 ? undefined : `${count}`;
  }
  const cells = named.map((category) => map[category]?.[0]);
  if (cells.some((cell) => cell === undefined)) return undefined;
  const [from, ...others] = cells as [number, number][];
  const ways = others.map((to): Way => [to[0] - from![0], to[1] - from![1]]);
  if (kind === 'absolute-distance') return readDistance(...ways[0]!).toFixed(1);
  if (kind === 'relative-distance') {
    const far = ways.map((way) => Math.hypot(...way));
    return named[1 + far.indexOf(Math.min(...far))];
  }
  return direction(kind, ways[0]!, ways[1]!);
}
