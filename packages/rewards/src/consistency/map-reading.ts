/** How maps are read: the options that rewards share, and which questions a map determines. */
import { z } from 'zod';
import type { MapQuestion } from './question.ts';

/** Options of how a drawn map is read. */
export const mapReading = {
  cellMetres: z
    .number()
    .positive()
    .optional()
    .describe('Side of a cell in meters (rooms: 0.7); without it distances are not read.'),
  rows: z
    .enum(['up', 'down'])
    .default('up')
    .describe(
      'Whether y grows away from the viewer of the map (up) or toward the viewer (down, which mirrors directions).',
    ),
};

/** What tells whether a map determines the answer. */
export interface Determination {
  readonly cellMetres?: number | undefined;
  /** Whether a map of centers may answer what is measured from the closest points of objects. */
  readonly fromSurface: 'abstain' | 'centres';
}

/** Why no map can answer a question; undefined where one can. */
export function whyUndetermined(
  question: MapQuestion,
  { cellMetres, fromSurface }: Determination,
): string | undefined {
  if ('fromSurface' in question && question.fromSurface && fromSurface === 'abstain') {
    return 'a map of centers gives no distances between surfaces';
  }
  if (question.asks === 'distance' && cellMetres === undefined) {
    return 'the size of a cell is not known; set cellMetres';
  }
  return undefined;
}
