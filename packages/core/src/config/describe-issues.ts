import { z } from 'zod';
import type { ZodType } from 'zod';
import { formatPath } from './config-origin.ts';
import type { ConfigOrigin } from './config-origin.ts';
import { suggest } from './near-names.ts';

type Issue = z.core.$ZodIssue;

/**
 * One line for each issue of zod: place, key path and fault; for an unknown key also the known ones.
 *
 * @param base Key path of the parsed value within the config.
 * @param schema The zod type that was parsed with, to list its keys.
 */
export function describeIssues(
  issues: readonly Issue[],
  base: readonly PropertyKey[],
  origin: ConfigOrigin,
  schema: ZodType,
): string {
  return issues
    .flatMap((issue) => {
      const path = [...base, ...issue.path];
      if (issue.code !== 'unrecognized_keys') {
        return [`${origin.describe(path)}: ${formatPath(path)}: ${faultOf(issue)}`];
      }
      const known = keysAt(schema, issue.path).filter((key) => key !== 'use');
      return issue.keys.map((key) => {
        const full = [...path, key];
        return `${origin.describe(full)}: ${formatPath(full)}: unknown key; ${suggest(key, known)}`;
      });
    })
    .join('\n');
}

/** The message of zod, or our own for a missing value. */
function faultOf(issue: Issue): string {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    ? `is missing; it must be given (${issue.expected})`
    : issue.message;
}

/** Valid keys of the object at `path` inside a zod type, read from its JSON schema. */
export function keysAt(schema: ZodType, path: readonly PropertyKey[]): readonly string[] {
  let node: unknown = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  for (const key of path) {
    node = typeof key === 'number' ? child(node, 'items') : child(child(node, 'properties'), key);
  }
  const properties = child(node, 'properties');
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function child(node: unknown, key: PropertyKey): unknown {
  return typeof node === 'object' && node !== null && key in node
    ? (node as Readonly<Record<PropertyKey, unknown>>)[key]
    : undefined;
}
