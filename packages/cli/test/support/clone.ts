import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReaderPlace } from './follow-page.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

/**
 * A folder that stands for a reader's clone of this repository, built: what the scaffold changes is copied, everything else is
 * the real thing behind a link. Data and runs are the reader's own.
 */
export function makeClone(): ReaderPlace {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'loci-reader-')));
  const clone = join(home, 'loci');
  mkdirSync(join(clone, 'packages'), { recursive: true });
  for (const folder of ['packages/rewards', 'tools', 'docs']) {
    cpSync(join(ROOT, folder), join(clone, folder), {
      recursive: true,
      filter: (path) => !path.endsWith('/node_modules'),
    });
  }
  link(
    'packages',
    readdirSync(join(ROOT, 'packages')).filter((name) => name !== 'rewards'),
  );
  link(
    '.',
    readdirSync(ROOT).filter((name) => !OWN.has(name)),
  );
  return { home, clone };

  function link(folder: string, names: readonly string[]): void {
    for (const name of names) symlinkSync(join(ROOT, folder, name), join(clone, folder, name));
  }
}

/** What a clone has of its own. */
const OWN = new Set(['.git', '.nx', 'data', 'docs', 'packages', 'runs', 'tools']);
