/** What can be set, read from the zod objects themselves, so that `--help` cannot drift from what is accepted. */
import { z } from 'zod';
import type { ZodType } from 'zod';

/** One key that can be set. */
export interface OptionLine {
  /** Dotted path: `evaluate.questions`. */
  readonly key: string;
  /** `number`, `"low" | "high"`, `list`. */
  readonly type: string;
  /** As YAML would write it; `unset` when there is none. */
  readonly fallback: string;
  readonly description: string;
}

interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
}

/**
 * The keys of a zod object, those of nested objects after their parent's path, in the order declared.
 *
 * @param defaults Values that stand where the schema itself has no default.
 * @param path Key path of the object itself.
 */
export function optionLines(schema: ZodType, defaults?: unknown, path = ''): readonly OptionLine[] {
  const root = z.toJSONSchema(schema, { unrepresentable: 'any' }) as SchemaNode;
  return linesOf(root, path, defaults);
}

/** Lines as a table for `--help`, indented by two spaces. */
export function optionTable(lines: readonly OptionLine[]): string {
  if (lines.length === 0) return '  (none)';
  const rows = lines.map(({ key, fallback, type, description }) => ({
    start: [key, fallback === '' ? '""' : fallback],
    description: [`(${type})`, description].filter((text) => text !== '').join(' '),
  }));
  const widths = [0, 1].map((column) =>
    Math.max(...rows.map(({ start }) => start[column]!.length)),
  );
  return rows
    .map(({ start, description }) =>
      `  ${start.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}  ${description}`.trimEnd(),
    )
    .join('\n');
}

function linesOf(node: SchemaNode, path: string, given: unknown): readonly OptionLine[] {
  const items = node.items;
  if (items?.properties !== undefined) {
    return [lineOf(node, path, given), ...linesOf(items, `${path}.<n>`, undefined)];
  }
  if (node.properties === undefined) return [lineOf(node, path, given)];
  const values = given ?? node.default;
  return Object.entries(node.properties).flatMap(([key, child]) =>
    linesOf(child, path === '' ? key : `${path}.${key}`, memberOf(values, key)),
  );
}

function lineOf(node: SchemaNode, key: string, given: unknown): OptionLine {
  const value = given ?? node.default;
  return {
    key,
    type: typeOf(node),
    fallback: value === undefined ? 'unset' : typeof value === 'string' ? value : summaryOf(value),
    description: node.description ?? '',
  };
}

function typeOf(node: SchemaNode): string {
  if (node.enum !== undefined) return node.enum.map((value) => String(value)).join(' | ');
  if (node.const !== undefined) return String(node.const);
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(' | ');
  if (node.type === 'array')
    return node.items === undefined ? 'list' : `list of ${typeOf(node.items)}`;
  return node.type ?? 'any';
}

/** A list of plugins by their names, everything else as JSON. */
function summaryOf(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof memberOf(item, 'use') === 'string')) {
    return `[${value.map((item) => String(memberOf(item, 'use'))).join(', ')}]`;
  }
  return JSON.stringify(value);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
