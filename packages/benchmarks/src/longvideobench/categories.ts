/** The seventeen question categories of LongVideoBench and their two levels. */

const PERCEPTION: ReadonlySet<string> = new Set([
  'S2E',
  'S2O',
  'S2A',
  'E2O',
  'O2E',
  'T2E',
  'T2O',
  'T2A',
]);
const RELATION: ReadonlySet<string> = new Set([
  'E3E',
  'O3O',
  'SSS',
  'SOS',
  'SAA',
  'T3E',
  'T3O',
  'TOS',
  'TAA',
]);

/** The level of a category; `undefined` for one that the benchmark does not name. */
export function levelOf(category: string): 'perception' | 'relation' | undefined {
  if (PERCEPTION.has(category)) return 'perception';
  return RELATION.has(category) ? 'relation' : undefined;
}
