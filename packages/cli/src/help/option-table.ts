/** Formats keys that can be set as a table for `--help`. It does not load the schemas. */

/** One key that can be set. */
export interface OptionLine {
  /** Dotted path: `evaluate.questions`. */
  readonly key: string;
  /** `number`, `"low" | "high"`, `list`. */
  readonly type: string;
  /** `default 100`, or `unset`. */
  readonly fallback: string;
  readonly description: string;
}

/** Widest line of a help text. */
const COLUMNS = 100;

/** Lines for `--help`: each key, with its description, type and default wrapped beside it. */
export function optionTable(lines: readonly OptionLine[]): string {
  if (lines.length === 0) return '  (none)';
  const keyWidth = Math.max(...lines.map(({ key }) => key.length));
  const indent = ' '.repeat(keyWidth + 4);
  return lines
    .map(({ key, fallback, type, description }) => {
      const text = `${description} (${type}; ${fallback})`.trim();
      const wrapped = wrap(text, COLUMNS - indent.length);
      return `  ${key.padEnd(keyWidth)}  ${wrapped.join(`\n${indent}`)}`;
    })
    .join('\n');
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
