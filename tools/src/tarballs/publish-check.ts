/** Checks what publishing would do, without publishing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@loci/core';
import { npm } from './pack.ts';
import type { Tarball } from './pack.ts';

/** The result of the check. */
export interface PublishCheck {
  /** What prevents the release, one sentence each. */
  readonly faults: readonly string[];
  /** What a person has to decide before the first release goes out. */
  readonly open: readonly string[];
}

/** An address that nobody owns: the repository has none yet. */
const PLACEHOLDER = /\.example\b/;

/**
 * Lets npm go through publishing every tarball up to the upload.
 *
 * @param root of the workspace, with the changelog.
 */
export function checkPublishing(tarballs: readonly Tarball[], root: string): PublishCheck {
  const version = tarballs[0]?.manifest.version ?? '';
  const faults = tarballs.flatMap(({ path, manifest, folder }) => {
    try {
      npm(['publish', path, '--dry-run', '--access', 'public', '--json'], folder);
      return [];
    } catch (thrown) {
      return [`${manifest.name}: npm would not publish it: ${messageOf(thrown)}`];
    }
  });
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const isNoted = new RegExp(`^## ${version.replaceAll('.', '\\.')}\\b`, 'm').test(changelog);
  return {
    faults: [...faults, ...(isNoted ? [] : [`CHANGELOG.md has no heading "## ${version}"`])],
    open: tarballs.some(({ manifest }) => PLACEHOLDER.test(manifest.repository?.url ?? ''))
      ? [
          'the packages name a repository under .example: enter the real one, in package.json of every package',
        ]
      : [],
  };
}
