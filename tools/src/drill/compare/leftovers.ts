/** What a killed process may leave and a finished one may not: half-written files, unfinished checkpoints, locks. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const HALF = /\.(?:tmp|old)$|(?:^|\.)writer-[0-9a-f]{8}$|^\.unfinished$/;
const CHECKPOINT = /^step-\d{6,}$/;

/** Names the leftovers below a folder; undefined for none. */
export function leftoversIn(folder: string): string | undefined {
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
    : [];
  const left = names.filter((name) => {
    if (HALF.test(basename(name))) return true;
    const isCheckpoint =
      CHECKPOINT.test(basename(name)) && basename(dirname(name)) === 'checkpoints';
    return isCheckpoint && !existsSync(join(folder, name, 'trainer-state.json'));
  });
  return left.length === 0 ? undefined : `${folder} holds ${left.join(', ')}`;
}
