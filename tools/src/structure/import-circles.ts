/**
 * No circles of files and none of folders.
 *
 * A circle of files: files that import each other, one by one or around several.
 *
 * A circle of folders: an import is an arrow at the place where the two paths part. `rollout/a.ts` that imports `plugin/b.ts`
 * is an arrow `rollout → plugin` inside `src`; `train/loop/a.ts` that imports `train/b.ts` is an arrow from the folder
 * `loop` to the file `b.ts`, inside `train`. So what lies side by side in a folder, its subfolders and its own files, is
 * the graph of that folder, and this graph has no circle. A folder's own files count one by one: `main.ts` may use a subfolder
 * that uses `io.ts`. A circle of files in one folder is reported as that alone.
 */
import type { Breach } from './breach.ts';
import { knotsIn } from './circles.ts';
import type { Arrow, Knot } from './circles.ts';
import type { Import } from './imports.ts';

/** So many imports behind one arrow are printed. */
const PRINTED = 5;

/** An arrow with the import that makes it. */
interface ImportArrow extends Arrow {
  readonly by: Import;
}

/** One breach for each knot of files that import each other. */
export function fileCircles(imports: readonly Import[]): Breach[] {
  const arrows = imports.map((by) => ({ from: by.from, to: by.to, by }));
  return knotsIn<ImportArrow>(arrows).map((knot) => describe(knot, 'files', (name) => name));
}

/** One breach for each knot of folders (and files beside them) that reach each other inside a folder. */
export function folderCircles(imports: readonly Import[]): Breach[] {
  const inside = new Map<string, ImportArrow[]>();
  for (const by of imports) {
    const { folder, ...arrow } = partingOf(by);
    if (arrow.from === arrow.to) continue; // a file that imports itself
    inside.set(folder, [...(inside.get(folder) ?? []), { ...arrow, by }]);
  }
  return [...inside].flatMap(([folder, arrows]) =>
    knotsIn(arrows)
      .filter(({ members }) => members.some((name) => name.endsWith('/')))
      .map((knot) => describe(knot, `folders in ${folder}`, (name) => name.slice(folder.length))),
  );
}

/**
 * Where two paths part: the folder that both share, and what each goes on to inside it, a folder's name with `/` at its end.
 *
 * @example partingOf({ from: 'a/b/x.ts', to: 'a/c/y.ts', line: 1 }) // { folder: 'a/', from: 'a/b/', to: 'a/c/' }
 */
function partingOf({ from, to }: Import): Arrow & { readonly folder: string } {
  const [one, other] = [from.split('/'), to.split('/')];
  const deepest = Math.min(one.length, other.length) - 1;
  let shared = 0;
  while (shared < deepest && one[shared] === other[shared]) shared++;
  const entry = (parts: readonly string[]): string =>
    parts.slice(0, shared + 1).join('/') + (shared < parts.length - 1 ? '/' : '');
  const folder = one.slice(0, shared).join('/');
  return { folder: folder === '' ? '' : `${folder}/`, from: entry(one), to: entry(other) };
}

/** The circle on one line, then what makes each arrow; a knot that holds more names says how many. */
function describe(
  { members, circle }: Knot<ImportArrow>,
  what: string,
  short: (name: string) => string,
): Breach {
  const names = circle.map(({ name }) => short(name));
  const more = members.length > circle.length ? ` (one circle of a knot of ${members.length})` : '';
  const lines = circle.flatMap(({ arrows }, index) => {
    const to = names[(index + 1) % names.length]!;
    const shown = arrows
      .slice(0, PRINTED)
      .map(({ by }) => `      ${by.from}:${by.line} → ${by.to}`);
    const rest = arrows.length > PRINTED ? [`      and ${arrows.length - PRINTED} more`] : [];
    return [`    ${names[index]!} → ${to}`, ...shown, ...rest];
  });
  const rule = `stands in a circle of ${what}: ${[...names, names[0]].join(' → ')}${more}`;
  return { file: circle[0]!.name, rule: [rule, ...lines].join('\n') };
}
