/** Chooses drills by their names. */
import { LociError } from '@loci/core';
import type { Drill } from './base/drill.ts';

/**
 * The drills of a list such as `servers,signals`, in the order in which they always run; all by default.
 *
 * @throws LociError `no-such-drill`, naming the existing ones.
 */
export function chosenDrills(
  names: string | undefined,
  drills: readonly Drill[],
): readonly Drill[] {
  if (names === undefined) return drills;
  const wanted = names.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !drills.some((drill) => drill.name === name));
  if (unknown === undefined) return drills.filter(({ name }) => wanted.includes(name));
  const known = drills.map(({ name }) => name).join(', ');
  throw new LociError('no-such-drill', `"${unknown}" is no drill; --only takes ${known}`);
}
