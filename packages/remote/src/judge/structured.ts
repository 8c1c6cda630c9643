/** How a server enforces the form of a verdict: by the schema, by JSON of any form, or not at all. */
import { LociError } from '@loci/core';
import type { JsonSchema } from './verdict-schema.ts';

/** From strict to lenient. */
export const STRUCTURES = ['json-schema', 'json-object', 'none'] as const;

/** One of them. */
export type Structure = (typeof STRUCTURES)[number];

/** The fields of a request for a structure. */
export function responseFormat(
  structure: Structure,
  schema: JsonSchema,
): Readonly<Record<string, unknown>> {
  switch (structure) {
    case 'json-schema':
      return {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'verdict', strict: true, schema },
        },
      };
    case 'json-object':
      return { response_format: { type: 'json_object' } };
    case 'none':
      return {};
    default:
      return structure satisfies never;
  }
}

const CODES: readonly string[] = ['remote-setting', 'remote-refused'];
const WORDS = /response_?format|json_?(?:schema|object|mode)|structured|guided|grammar/iu;

/** The next more lenient structure when the server rejects this one; undefined when the error concerns something else. */
export function moreLenient(structure: Structure, thrown: unknown): Structure | undefined {
  if (!LociError.is(thrown) || !CODES.includes(thrown.code) || !WORDS.test(thrown.message)) {
    return undefined;
  }
  return STRUCTURES[STRUCTURES.indexOf(structure) + 1];
}
