/** The leaves of zod objects, for tests that walk all of a config. */
import { z } from 'zod';
import type { ZodType } from 'zod';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
}

/** Key paths below a zod object, `0` for the entries of a list and `any` for keys that are free. */
export function leavesOf(schema: ZodType, prefix: string): readonly string[] {
  const options = { unrepresentable: 'any', reused: 'inline' } as const;
  const keys = (['input', 'output'] as const).flatMap((io) =>
    below(z.toJSONSchema(schema, { ...options, io }) as Node, prefix),
  );
  return [...new Set(keys)];
}

function below(node: Node, key: string): readonly string[] {
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (choices.length > 0) return choices.flatMap((choice) => below(choice, key));
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) =>
      below(child, join(key, name)),
    );
  }
  if (typeof node.additionalProperties === 'object') {
    return [key, ...below(node.additionalProperties, join(key, 'any'))];
  }
  const { items } = node;
  if (items !== undefined && !Array.isArray(items)) {
    const inner = below(items, join(key, '0'));
    return inner.every((one) => one === join(key, '0')) ? [key] : inner;
  }
  return [key];
}

function join(key: string, name: string): string {
  return key === '' ? name : `${key}.${name}`;
}
