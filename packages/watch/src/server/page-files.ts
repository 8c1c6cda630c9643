/** Reads the files of the page once, so that no path of a request reaches the disk. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { LociError } from '@loci/core';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The files below a folder, by their address: `/`, `/assets/page.js`.
 *
 * @throws LociError `page-missing` when the page is not built.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new LociError(
      'page-missing',
      `${folder} holds no page: build it with npx nx build @loci/watch`,
    );
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    files.map((path) => {
      const address = path.slice(folder.length).replaceAll('\\', '/');
      const file = { type: TYPES[extname(path)]!, content: readFileSync(path) };
      return [address === '/index.html' ? '/' : address, file];
    }),
  );
}
