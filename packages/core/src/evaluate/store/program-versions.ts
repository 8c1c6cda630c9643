import { readFileSync } from 'node:fs';

let found: Readonly<Record<string, string>> | undefined;

/** Versions of Loci and Node, which an evaluation records. */
export function programVersions(): Readonly<Record<string, string>> {
  found ??= { loci: ownVersion(), node: process.versions.node };
  return found;
}

function ownVersion(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}
