/** Packs the packages of the workspace, as npm packs them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, Packed } from './check-tarball.ts';

/** A package and its tarball. */
export interface Tarball extends Packed {
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
  /** When installed. */
  readonly unpackedBytes: number;
}

/** The folders of the packages that are published. */
export function packageFolders(root: string): readonly string[] {
  const packages = join(root, 'packages');
  return readdirSync(packages).map((name) => join(packages, name));
}

/** Packs folders into another, which is emptied first of earlier tarballs. */
export function packAll(folders: readonly string[], out: string): readonly Tarball[] {
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out)) if (name.endsWith('.tgz')) rmSync(join(out, name));
  return folders.map((folder) => pack(folder, out));
}

function pack(folder: string, out: string): Tarball {
  const [packed] = JSON.parse(
    npm(['pack', '--json', '--pack-destination', out], folder),
  ) as readonly [NpmPack];
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return {
    ...{ folder, manifest },
    path: join(out, packed.filename.replace(/^@/, '').replace('/', '-')),
    files: packed.files.map(({ path }) => path),
    bytes: packed.size,
    unpackedBytes: packed.unpackedSize,
  };
}

interface NpmPack {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Runs npm and returns its output. */
export function npm(words: readonly string[], folder: string): string {
  return execFileSync('npm', [...words, '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    shell: process.platform === 'win32',
  });
}
