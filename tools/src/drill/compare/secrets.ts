/** Looks for a secret in everything below a folder. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Names the files below `folder` whose bytes hold `secret`; undefined for none. */
export function filesThatHold(folder: string, secret: string): string | undefined {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .filter((path) => readFileSync(path).includes(secret) || path.includes(secret));
  return files.length === 0 ? undefined : files.join(', ');
}
