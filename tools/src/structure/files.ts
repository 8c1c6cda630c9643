/** The files of the workspace and the two rules that each keeps by itself: its length, and a comment on each export. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Breach } from './breach.ts';

const MAX_LINES = 300;
const EXPORT = /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/;

/** All files below a folder, build products and dependencies left out. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', '.nx', '.git'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** A file of more than 300 lines should be split. */
export function tooLong(file: string, text: string): Breach[] {
  const lines = text.split('\n').length - 1;
  return lines > MAX_LINES
    ? [{ file, rule: `has ${lines} lines; past ${MAX_LINES}, find the second idea in it` }]
    : [];
}

/** Every export has a comment; a re-export has that of its source. */
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
