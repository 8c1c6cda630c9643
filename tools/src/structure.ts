/**
 * Checks the structure of the workspace, as `nx run tools:structure`: rules that a linter cannot check because they span files. Prints each
 * breach and exits with 1 when there is any.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { missingFromArchitecture } from './structure/architecture-page.ts';
import type { Breach } from './structure/breach.ts';
import { filesBelow, tooLong, undocumented } from './structure/files.ts';
import { fileCircles, folderCircles } from './structure/import-circles.ts';
import { importsOf } from './structure/imports.ts';
import type { Pages } from './structure/markdown.ts';
import { brokenLinks, missingFromMap, tooManyWords } from './structure/pages.ts';

const SOURCE = /\.(ts|mjs)$/;
const PAGE = /\.md$|^llms\.txt$/;
/** Folders that hold pages, beside the workspace's root. */
const PAGE_FOLDERS = ['configs', 'docs', 'packages', 'tools'];
/** Written by `tools:reference`, and in no commit. */
const GENERATED_PAGES = 'docs/reference/';

/** Every breach in a workspace. */
export function inspect(root: string): Breach[] {
  const texts = new Map(
    ['packages', 'tools']
      .flatMap((folder) => filesBelow(join(root, folder)))
      .filter((file) => SOURCE.test(file))
      .map((path) => [relative(root, path).replaceAll(sep, '/'), readFileSync(path, 'utf8')]),
  );
  const ofFiles = [...texts].flatMap(([file, text]) => [
    ...tooLong(file, text),
    ...(file.includes('/test/') || file.endsWith('.mjs') ? [] : undocumented(file, text)),
  ]);
  const houses = [
    ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
    'tools',
  ];
  const sources = new Map(
    [...texts].filter(([file]) => houses.some((house) => file.startsWith(`${house}/src/`))),
  );
  const imports = importsOf(sources, packageEntries(root, houses));
  const folders = houses.flatMap((house) =>
    readdirSync(join(root, house, 'src'))
      .map((entry) => `${house}/src/${entry}`)
      .filter((entry) => statSync(join(root, entry)).isDirectory()),
  );
  const pages = pagesOf(root);
  return [
    ...ofFiles,
    ...fileCircles(imports),
    ...folderCircles(imports),
    ...missingFromArchitecture(pages.get('ARCHITECTURE.md') ?? '', folders),
    ...tooManyWords(pages),
    ...brokenLinks(pages, (path) => existsSync(join(root, path))),
    ...missingFromMap(pages),
  ];
}

/** Every Markdown page of a workspace, and `llms.txt`. */
function pagesOf(root: string): Pages {
  const here = readdirSync(root).filter((name) => statSync(join(root, name)).isFile());
  const below = PAGE_FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesBelow(join(root, folder)))
    .map((path) => relative(root, path).replaceAll(sep, '/'))
    .filter((file) => !file.startsWith(GENERATED_PAGES));
  const files = [...here, ...below].filter((file) => PAGE.test(file));
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** The source file behind each name that a package of the workspace exports: `@loci/core/testing` and its like. */
function packageEntries(root: string, houses: readonly string[]): ReadonlyMap<string, string> {
  const entries = houses.flatMap((house) => {
    const file = join(root, house, 'package.json');
    if (!existsSync(file)) return [];
    const { name, exports = {} } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    return Object.entries(exports).flatMap(([key, conditions]) => {
      const source = typeof conditions === 'string' ? undefined : conditions['loci-source'];
      return source === undefined
        ? []
        : [[posix.join(name, key), posix.join(house, source)] as const];
    });
  });
  return new Map(entries);
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  const breaches = inspect(join(import.meta.dirname, '..', '..'));
  for (const { file, rule } of breaches) console.log(`${file} ${rule}`);
  console.log(
    breaches.length === 0 ? 'structure: in order' : `structure: ${breaches.length} breaches`,
  );
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
