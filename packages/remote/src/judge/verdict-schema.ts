/** The form of a judge's verdict: a JSON schema of an object, one key of which is the value. */
import { splitThinking } from '@loci/core';
import { z } from 'zod';

/** A JSON schema as a config or a program gives it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A grade from 0 to 10, after the reason for it: what is written first is thought of first. */
export const DEFAULT_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    reason: { type: 'string', description: 'one sentence' },
    score: { type: 'integer', minimum: 0, maximum: 10 },
  },
  required: ['reason', 'score'],
  additionalProperties: false,
};

/** A verdict that was read. */
export interface Verdict {
  /** 0…1. */
  readonly value: number;
  /** Every other number and yes or no of the verdict. */
  readonly parts: Readonly<Record<string, number>>;
  readonly reason?: string;
}

/** Reads what a judge replied. */
export interface VerdictReader {
  readonly schema: JsonSchema;
  /** A verdict, or why the reply is none. */
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

/** Characters of a judge's reason that are kept. */
const LONGEST_REASON = 300;

/**
 * A reader of verdicts.
 *
 * @param valueKey names the number (with `minimum` and `maximum`) or boolean that is the value.
 * @returns why the schema cannot be used, as a text.
 */
export function verdictReader(schema: JsonSchema, valueKey: string): VerdictReader | string {
  const parsed = object.safeParse(schema);
  if (!parsed.success)
    return 'is no JSON schema of an object: it needs type: object and properties';
  const value = property.safeParse(parsed.data.properties[valueKey]);
  if (!value.success) return `has no number or boolean "${valueKey}", which would be the value`;
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
      if (json === undefined) return { fault: 'the reply of the judge holds no JSON object' };
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

/** The object in a reply that may stand in a fence or between words. */
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
