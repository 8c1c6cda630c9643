/** The Python files that travel with jobs. */
import { readFileSync } from 'node:fs';

/** A Python file that requests rewards from within an engine. */
export type ShimName = 'loci_reward.py' | 'loci_swift.py';

/** The text of such a file. */
export function shimSource(name: ShimName): Uint8Array {
  return readFileSync(new URL(`../../assets/${name}`, import.meta.url));
}
