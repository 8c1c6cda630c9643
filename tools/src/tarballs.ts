/**
 * Makes the tarballs of a release: `npx nx run tools:tarballs`, into `tarballs/` or `--out DIR`, each checked. They hold ONNX Runtime for this
 * platform; `--platforms all` makes those that are published, with a package of binaries for each platform. `--dry-run` also lets npm go
 * through publishing them. Exits with 1 when something is wrong.
 */
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@loci/core';
import { tarballFaults } from './tarballs/check-tarball.ts';
import { packAll, packageFolders } from './tarballs/pack.ts';
import type { Tarball } from './tarballs/pack.ts';
import { checkPublishing } from './tarballs/publish-check.ts';

const ROOT = join(import.meta.dirname, '../..');
const USAGE = 'usage: nx run tools:tarballs -- [--out DIR] [--platforms all] [--dry-run]';

/** Folders to pack; those of published packages are prepared beside the workspace. */
function foldersOf(platforms: string | undefined): readonly string[] {
  const own = packageFolders(ROOT);
  if (platforms === undefined) return own;
  if (platforms !== 'all') throw new Error(`--platforms is "all" or left out\n${USAGE}`);
  const script = join(ROOT, 'tools/package/platforms.mjs');
  const staged = execFileSync(process.execPath, [script], { encoding: 'utf8' }).trim().split('\n');
  return [...own.filter((folder) => basename(folder) !== 'backends'), ...staged];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function line({ path, bytes, unpackedBytes, files }: Tarball): string {
  const sizes = `${megabytes(bytes).padStart(9)}, ${megabytes(unpackedBytes).padStart(9)} installed`;
  return `${basename(path).padEnd(44)}${sizes}, ${files.length} files`;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      platforms: { type: 'string' },
      'dry-run': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const out = resolve(process.env['INIT_CWD'] ?? ROOT, values.out ?? join(ROOT, 'tarballs'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const tarballs = packAll(foldersOf(values.platforms), out);
  for (const tarball of tarballs) console.log(line(tarball));
  const dry = values['dry-run'] === true ? checkPublishing(tarballs, ROOT) : undefined;
  for (const text of dry?.open ?? []) console.log(`before the first release: ${text}`);
  const faults = [
    ...tarballs.flatMap((tarball) => tarballFaults(tarball, version)),
    ...(dry?.faults ?? []),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else
    console.log(
      `${tarballs.length} packages of ${version} in ${out}${dry ? '; npm would take them' : ''}`,
    );
}

try {
  main();
} catch (thrown) {
  console.error(`tarballs: ${messageOf(thrown)}`);
  process.exitCode = 1;
}
