/**
 * Checks the shape of the house, as `nx run tools:structure`: what a linter does not see because it spans files. Prints one
 * line for each breach and exits with 1 when there is any.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A rule that a file of the workspace does not keep. */
export interface Breach {
  readonly file: string;
  readonly rule: string;
}

const MAX_LINES = 300;
const EXPORT = /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/;
const SOURCE = /\.(ts|mjs)$/;

/** All files below a folder, build products and dependencies left out. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', '.nx', '.git'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** A file past 300 lines holds a second idea. */
export function tooLong(file: string, text: string): Breach[] {
  const lines = text.split('\n').length - 1;
  return lines > MAX_LINES
    ? [{ file, rule: `has ${lines} lines; past ${MAX_LINES}, find the second idea in it` }]
    : [];
}

/** Everything exported says what it is. Re-exports speak through their source. */
export function undocumented(file: string, text: string): Breach[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const name = EXPORT.exec(line)?.[1];
    if (name === undefined) return [];
    let above = index - 1;
    while (above >= 0 && /^\s*@|^\s*$/.test(lines[above]!)) above--;
    const overload = new RegExp(`^export (?:async )?function\\*? ${name}\\b`).test(
      lines[above] ?? '',
    );
    const documented = lines[above]?.trimEnd().endsWith('*/') === true || overload;
    return documented ? [] : [{ file, rule: `exports ${name} without a doc comment` }];
  });
}

/** The page that shows the house names each of its rooms, below the house it is in: `packages/core/src/` and then `plugin/`. */
export function missingFromArchitecture(page: string, folders: readonly string[]): Breach[] {
  const sections = page.split(/^(?=\S+\/src\/\s)/m);
  return folders
    .filter((folder) => {
      const [, house = '', room = ''] = /^(.*\/)([^/]+)$/.exec(folder) ?? [];
      const section = sections.find((text) => text.startsWith(house)) ?? '';
      return !new RegExp(`(?<![\\w/-])${room}/`).test(section);
    })
    .map((folder) => ({ file: 'ARCHITECTURE.md', rule: `does not mention ${folder}` }));
}

/** Every breach in a workspace. */
export function inspect(root: string): Breach[] {
  const sources = ['packages', 'tools']
    .flatMap((folder) => filesBelow(join(root, folder)))
    .filter((file) => SOURCE.test(file));
  const breaches = sources.flatMap((path) => {
    const file = relative(root, path);
    const text = readFileSync(path, 'utf8');
    const isTest = file.includes('/test/');
    return [
      ...tooLong(file, text),
      ...(isTest || path.endsWith('.mjs') ? [] : undocumented(file, text)),
    ];
  });
  const houses = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
  const folders = [...houses, 'tools'].flatMap((house) =>
    readdirSync(join(root, house, 'src'))
      .map((entry) => join(house, 'src', entry))
      .filter((entry) => statSync(join(root, entry)).isDirectory()),
  );
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  return [...breaches, ...missingFromArchitecture(page, folders)];
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  const breaches = inspect(join(import.meta.dirname, '..', '..'));
  for (const { file, rule } of breaches) console.log(`${file} ${rule}`);
  console.log(
    breaches.length === 0 ? 'structure: in order' : `structure: ${breaches.length} breaches`,
  );
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
