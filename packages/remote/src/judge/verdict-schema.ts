/** Reads a judge's verdict by its JSON schema, an object with one key for the value. */
import { splitThinking } from '@loci/core';
import { z } from 'zod';

/** A JSON schema from a config or a program. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A reason and then a grade from 0 to 10: the model thinks before it grades. */
export const DEFAULT_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    reason: { type: 'string', description: 'one sentence' },
    score: { type: 'integer', minimum: 0, maximum: 10 },
  },
  required: ['reason', 'score'],
  additionalProperties: false,
};

/** A verdict. */
export interface Verdict {
  /** 0…1. */
  readonly value: number;
  /** All other numbers and booleans of the verdict. */
  readonly parts: Readonly<Record<string, number>>;
  readonly reason?: string;
}

/** Reads the replies of a judge. */
export interface VerdictReader {
  readonly schema: JsonSchema;
  /** A verdict, or the fault of the reply. */
  read(reply: string): Verdict | { readonly fault: string };
}

const property = z.looseObject({
  type: z.enum(['number', 'integer', 'boolean']),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

const object = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).default([]),
});

/** Most characters of a judge's reason. */
const LONGEST_REASON = 300;

/**
 * A reader of verdicts.
 *
 * @param valueKey names the number (with `minimum` and `maximum`) or boolean that is the value.
 * @returns the reader, or the fault of the schema as text.
 */
export function verdictReader(schema: JsonSchema, valueKey: string): VerdictReader | string {
  const parsed = object.safeParse(schema);
  if (!parsed.success)
    return 'is not a JSON schema of an object: it needs type: object and properties';
  const value = property.safeParse(parsed.data.properties[valueKey]);
  if (!value.success) return `has no number or boolean "${valueKey}" for the value`;
  if (!parsed.data.required.includes(valueKey)) return `does not require "${valueKey}"`;
  const { type, minimum = NaN, maximum = NaN } = value.data;
  if (type !== 'boolean' && !(minimum < maximum)) {
    return `"${valueKey}" needs minimum and maximum, which become 0 and 1`;
  }
  let verdicts: z.ZodType;
  try {
    verdicts = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (thrown) {
    return `cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  const scaled = (raw: unknown): number =>
    typeof raw === 'boolean' ? Number(raw) : ((raw as number) - minimum) / (maximum - minimum);

  return {
    schema,
    read(reply) {
      const json = jsonIn(splitThinking(reply).answer);
      if (json === undefined) return { fault: 'the reply of the judge contains no JSON object' };
      const verdict = verdicts.safeParse(json);
      if (!verdict.success) {
        const [issue] = verdict.error.issues;
        const place = issue?.path.join('.') ?? '';
        return {
          fault: `the verdict does not follow the schema: ${place} ${issue?.message ?? ''}`,
        };
      }
      const fields = verdict.data as Readonly<Record<string, unknown>>;
      const { reason } = fields;
      const parts = Object.entries(fields).flatMap(([name, field]) =>
        name !== valueKey && (typeof field === 'number' || typeof field === 'boolean')
          ? [[name, Number(field)] as const]
          : [],
      );
      return {
        value: scaled(fields[valueKey]),
        parts: Object.fromEntries(parts),
        ...(typeof reason === 'string' && { reason: reason.slice(0, LONGEST_REASON) }),
      };
    },
  };
}

/** The object in a reply, which a fence or words may surround. */
function jsonIn(reply: string): unknown {
  const start = reply.indexOf('{');
  const end = reply.lastIndexOf('}');
  if (start < 0 || end < start) return undefined;
  try {
    return JSON.parse(reply.slice(start, end + 1)) as unknown;
  } catch {
    return undefined;
  }
}
