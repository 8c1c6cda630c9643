/** The version of this package, which is that of all packages of a release. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As in `package.json`. */
export function ownVersion(): string {
  const file = join(import.meta.dirname, '../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
