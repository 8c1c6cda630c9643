/**
 * Turns and mirrors of the map. No question states which way the axes of the map point, and the true map's axes are those of
 * a scan or of the camera's first look: a map that is turned by quarter turns describes the same room. A mirrored map has left
 * and right exchanged, which questions about distances, counts and sizes do not notice.
 *
 * Shifts are no symmetry: the grid spans the room, so a shifted map puts things at other walls. Nor are other angles: the
 * axes of the grid are those of the room's walls.
 */
import type { Cell, CognitiveMap, GridSize, Sample } from '../../../spec/index.ts';

/** Which turned or mirrored maps count as the same map. */
export type MapSymmetries = (typeof MAP_SYMMETRIES)[number];

/** All there are, from the strictest on. */
export const MAP_SYMMETRIES = ['none', 'quarter-turns', 'quarter-turns-and-mirrors'] as const;

/** One way to lay a map over another: mirrored first (columns from right to left) if at all, then turned about the grid's center. */
export interface MapSymmetry {
  /** From the columns' axis towards the rows' axis. */
  readonly quarterTurns: 0 | 1 | 2 | 3;
  readonly mirrored: boolean;
}

const QUARTER_TURNS = ([0, 1, 2, 3] as const).map((quarterTurns) => ({
  quarterTurns,
  mirrored: false,
}));

const ELEMENTS: Readonly<Record<MapSymmetries, readonly MapSymmetry[]>> = {
  none: QUARTER_TURNS.slice(0, 1),
  'quarter-turns': QUARTER_TURNS,
  'quarter-turns-and-mirrors': [
    ...QUARTER_TURNS,
    ...QUARTER_TURNS.map((turn) => ({ ...turn, mirrored: true })),
  ],
};

/** The ways to lay a map over another; the first leaves it as it is. */
export function symmetryElements(symmetries: MapSymmetries): readonly MapSymmetry[] {
  return ELEMENTS[symmetries];
}

/** What undoes a symmetry. A mirror, turned or not, undoes itself. */
export function inverseSymmetry({ quarterTurns, mirrored }: MapSymmetry): MapSymmetry {
  if (mirrored) return { quarterTurns, mirrored };
  return { quarterTurns: ((4 - quarterTurns) % 4) as MapSymmetry['quarterTurns'], mirrored };
}

/** Where a cell comes to lie. */
export function moveCell([x, y]: Cell, symmetry: MapSymmetry, grid: GridSize = 10): Cell {
  const last = grid - 1;
  const column = symmetry.mirrored ? last - x : x;
  switch (symmetry.quarterTurns) {
    case 0:
      return [column, y];
    case 1:
      return [last - y, column];
    case 2:
      return [last - column, last - y];
    case 3:
      return [y, last - column];
  }
}

/** Moves every cell of a map. */
export function moveMap(
  map: CognitiveMap,
  symmetry: MapSymmetry,
  grid: GridSize = 10,
): CognitiveMap {
  return Object.fromEntries(
    Object.entries(map).map(([category, cells]) => [
      category,
      cells.map((cell) => moveCell(cell, symmetry, grid)),
    ]),
  );
}

/** Words in the name of a question's kind, or in the text of a question without one. The first rule that matches decides. */
const KIND_RULES: readonly (readonly [pattern: RegExp, symmetries: MapSymmetries])[] = [
  [/compass|north/, 'none'],
  [/direction|route|order/, 'quarter-turns'],
  [/distance|count|size|area/, 'quarter-turns-and-mirrors'],
];

const TEXT_RULES: readonly (readonly [pattern: RegExp, symmetries: MapSymmetries])[] = [
  [/\b(?:north|south|east|west|compass|map|grid|cells?|coordinates?)\b/, 'none'],
  [
    /\b(?:left|right|front|back|behind|ahead|forwards?|fac(?:e|es|ing)|turn|clockwise|counterclockwise|direction|order|first)\b/,
    'quarter-turns',
  ],
  [
    /\b(?:how many|number of|how far|distance|closest|nearest|farthest|furthest|how (?:large|big|long|tall|wide|high)|length|size|area)\b/,
    'quarter-turns-and-mirrors',
  ],
];

/**
 * Under which symmetries the answer to a question stays the same: turns for directions, routes and the order in which a
 * camera sees things; mirrors too for distances, counts and sizes; none for what is not known. The kind's name decides (ours and
 * VSI-Bench's are known); a sample without one is judged by the words of its problem and options.
 *
 * @example symmetriesOfQuestion({ questionKind: 'object_rel_direction_easy', problem: '…', options: [] }) // 'quarter-turns'
 */
export function symmetriesOfQuestion(
  sample: Pick<Sample, 'questionKind' | 'problem' | 'options'>,
): MapSymmetries {
  const [rules, text] =
    sample.questionKind === undefined
      ? [TEXT_RULES, [sample.problem, ...sample.options].join(' ')]
      : [KIND_RULES, sample.questionKind];
  const lower = text.toLowerCase();
  return rules.find(([pattern]) => pattern.test(lower))?.[1] ?? 'none';
}
