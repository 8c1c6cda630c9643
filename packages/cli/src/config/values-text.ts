/** Formats the values of a config as lines: key, value, and origin of the value. */
import { isAbsolute, relative } from 'node:path';
import { settingText } from '@loci/core';
import type { ExplainedValue, ValueSource } from '@loci/core';

/** Longer values do not widen the column of values. */
const VALUE_COLUMNS = 44;

/**
 * One line per value, in columns.
 *
 * @param directory folder that file names are relative to.
 */
export function valuesText(values: readonly ExplainedValue[], directory: string): string {
  const rows = values.map((value) => [value.key, shown(value), origin(value, directory)] as const);
  const keys = Math.max(0, ...rows.map(([key]) => key.length));
  const widths = rows.map(([, value]) => value.length).filter((width) => width <= VALUE_COLUMNS);
  const width = Math.max(0, ...widths);
  return rows
    .map(([key, value, from]) => `${key.padEnd(keys)}  ${value.padEnd(width)}  ${from}`)
    .join('\n');
}

/** The value as typed after `--set key=`; a text from the environment by its reference. */
function shown({ value, reference }: ExplainedValue): string {
  if (value === undefined && reference !== undefined) return reference;
  return settingText(value);
}

function origin(
  { source, value, reference, variables }: ExplainedValue,
  directory: string,
): string {
  const place = placeOf(source, directory);
  if (reference === undefined) return place;
  const from = value === undefined ? '' : `${reference}, `;
  const names = (variables ?? []).map((name) => `$${name}`).join(', ');
  return `${place} (${from}environment ${names})`;
}

function placeOf(source: ValueSource, directory: string): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'set':
      return `--set ${source.setting}`;
    case 'file': {
      const [first, ...between] = source.extendedBy;
      const names = [first, ...between].flatMap((name) => (name === undefined ? [] : [name]));
      const chain = names.reverse().map((name) => near(name, directory));
      const extended = chain.length === 0 ? '' : ` (extended by ${chain.join(', by ')})`;
      return `${near(source.file, directory)}:${source.line}${extended}`;
    }
  }
}

/** A path relative to a folder, unless it leads out of it. */
function near(path: string, directory: string): string {
  const there = relative(directory, path);
  return there.startsWith('..') || isAbsolute(there) ? path : there;
}
