/** Folders of config files, for tests. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LociError } from '../../src/errors/loci-error.ts';

/** Writes files by name into a new folder. @returns The path of a file in it. */
export function configFolder(files: Readonly<Record<string, string>>): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'loci-config-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return (name) => join(folder, name);
}

/** The error that an action throws. @throws Error when it throws nothing. */
export function failureOf(action: () => unknown): LociError {
  try {
    action();
  } catch (thrown) {
    if (LociError.is(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
