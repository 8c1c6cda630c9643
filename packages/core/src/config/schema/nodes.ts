/** Nodes of a JSON schema, and their changes for files, which may leave keys out and refer to the environment. */
import { z } from 'zod';
import type { ZodType } from 'zod';

/** A node of a JSON schema, with the keywords that are read here. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly required?: readonly string[];
  readonly items?: SchemaNode | readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly if?: SchemaNode;
  readonly then?: SchemaNode;
  readonly not?: SchemaNode;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly [keyword: string]: unknown;
}

/** Name of the definition for a reference to the environment. */
export const ENVIRONMENT_NAME = 'environment';

/** A reference to the environment in a text. */
export const ENVIRONMENT: SchemaNode = {
  type: 'string',
  pattern: String.raw`\$\{`,
  description: 'taken from the environment: ${NAME} or ${NAME:-default}',
};

/** The JSON schema of a zod schema's input. Where the input may be anything, because a preprocessor converts it, the output counts. */
export function nodeOf(schema: ZodType): SchemaNode {
  const options = { target: 'draft-7', unrepresentable: 'any', reused: 'inline' } as const;
  const [input, output] = (['input', 'output'] as const).map(
    (io) => z.toJSONSchema(schema, { ...options, io }) as SchemaNode,
  );
  const node = Object.entries(known(input!, output!)).filter(([keyword]) => keyword !== '$schema');
  return Object.fromEntries(node);
}

const CONSTRAINTS = ['type', 'anyOf', 'oneOf', 'allOf', 'enum', 'const', '$ref', 'not'];

/** The input node, or the output node wherever the input has no constraint. */
function known(input: SchemaNode, output: SchemaNode): SchemaNode {
  if (!CONSTRAINTS.some((keyword) => input[keyword] !== undefined)) return { ...output, ...input };
  const { properties, items } = input;
  return {
    ...input,
    ...(properties && {
      properties: mapNodes(properties, (node, key) => known(node, output.properties?.[key] ?? {})),
    }),
    ...(isNode(items) && isNode(output.items) && { items: known(items, output.items) }),
  };
}

/** The node without required keys, also in nested objects, because a lower layer may have them. Items of a list stay complete. */
export function optional(node: SchemaNode): SchemaNode {
  const { properties, anyOf } = node;
  const rest = Object.entries(node).filter(([keyword]) => keyword !== 'required');
  return {
    ...Object.fromEntries(rest),
    ...(properties && { properties: mapNodes(properties, optional) }),
    ...(anyOf && { anyOf: anyOf.map(optional) }),
  };
}

/** The node with the values of an object as defaults of its keys. */
export function withDefaults(node: SchemaNode, values: unknown): SchemaNode {
  const { properties } = node;
  if (typeof values !== 'object' || values === null) {
    return values === undefined ? node : { ...node, default: values };
  }
  if (Array.isArray(values) || properties === undefined) return node;
  const members = values as Readonly<Record<string, unknown>>;
  return {
    ...node,
    properties: mapNodes(properties, (child, key) => withDefaults(child, members[key])),
  };
}

/** The node that also allows a reference to the environment for every value whose schema would reject its text. */
export function orEnvironment(node: SchemaNode): SchemaNode {
  const { properties, patternProperties, items, anyOf, oneOf, allOf, then } = node;
  if (isNarrow(node)) {
    const { description, default: fallback, ...value } = node;
    return {
      ...(description !== undefined && { description }),
      ...(fallback !== undefined && { default: fallback }),
      anyOf: [value, { $ref: `#/definitions/${ENVIRONMENT_NAME}` }],
    };
  }
  return {
    ...node,
    ...(properties && {
      properties: mapNodes(properties, (child, key) =>
        LITERAL_KEYS.has(key) ? child : orEnvironment(child),
      ),
    }),
    ...(patternProperties && { patternProperties }),
    ...(isNode(items) && { items: orEnvironment(items) }),
    ...(Array.isArray(items) && { items: items.map(orEnvironment) }),
    ...(anyOf && { anyOf: anyOf.map(orEnvironment) }),
    ...(oneOf && { oneOf: oneOf.map(orEnvironment) }),
    ...(allOf && { allOf: allOf.map(orEnvironment) }),
    ...(then && { then: orEnvironment(then) }),
  };
}

/** Keys that take no reference here; `use` has a schema of its own. */
const LITERAL_KEYS = new Set(['use', '$schema', 'version']);

/** Whether a text with `${NAME}` would be invalid. */
function isNarrow(node: SchemaNode): boolean {
  if (node.enum !== undefined || node.const !== undefined) return true;
  if (node.type === 'string') return node['pattern'] !== undefined || node['format'] !== undefined;
  return node.type === 'number' || node.type === 'integer' || node.type === 'boolean';
}

function isNode(items: SchemaNode['items']): items is SchemaNode {
  return items !== undefined && !Array.isArray(items);
}

/** Each node of a record, changed. */
export function mapNodes(
  nodes: Readonly<Record<string, SchemaNode>>,
  change: (node: SchemaNode, key: string) => SchemaNode,
): Readonly<Record<string, SchemaNode>> {
  return Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, change(node, key)]));
}
