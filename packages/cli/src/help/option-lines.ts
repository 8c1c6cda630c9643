/** Reads the keys that can be set from the zod schemas, so that `--help` always matches them. */
import { z } from 'zod';
import type { ZodType } from 'zod';
import type { OptionLine } from './option-table.ts';

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
 * @param defaults values that go before the schema's own defaults.
 * @param path key path of the object itself.
 */
export function optionLines(schema: ZodType, defaults?: unknown, path = ''): readonly OptionLine[] {
  const root = z.toJSONSchema(schema, { unrepresentable: 'any' }) as SchemaNode;
  return linesOf(root, path, defaults);
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
    fallback: value === undefined ? 'unset' : `default ${defaultOf(value, node)}`,
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

/** Lists by their items, plugins by their names, everything else as JSON. */
function defaultOf(value: unknown, node: SchemaNode): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const all = node.items?.enum;
  if (all !== undefined && all.length > 1 && all.every((item) => value.includes(item)))
    return 'all';
  return `[${value.map((item) => defaultOf(memberOf(item, 'use') ?? item, {})).join(', ')}]`;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
