/** Reads files of golden vectors: one JSON object a line, what went in and what came out. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

/** One input with what the reference made of it. */
export interface Vector {
  /** Counted from 1. */
  readonly line: number;
  readonly input: unknown;
  /** `null` when the reference failed on the input. */
  readonly expected: unknown;
  readonly referenceError?: string | undefined;
  /** What the reference returned after swallowing its error. */
  readonly referenceValue?: number | undefined;
  /** Beside numerical accuracies: what the number matcher found. */
  readonly parsedNumber?: string | undefined;
}

const record = z.object({
  input: z.unknown(),
  expected: z.unknown(),
  reference_error: z.string().optional(),
  reference_value: z.number().optional(),
  parsed_number: z.string().optional(),
});

/** A string, copied as it is, or a number. */
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gu;
const LONG_INTEGER = /^-?\d{16,}$/u;
const INTEGER_KEY = '$integer';
const taggedInteger = z.strictObject({ [INTEGER_KEY]: z.string() });

/**
 * JSON in which integers of 16 digits and more become `bigint`, so that none loses a digit.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  const tagged = text.replace(JSON_TOKEN, (token) =>
    LONG_INTEGER.test(token) ? `{"${INTEGER_KEY}":"${token}"}` : token,
  );
  if (tagged === text) return JSON.parse(text);
  return JSON.parse(tagged, (_key, value: unknown) => {
    const tag = taggedInteger.safeParse(value);
    return tag.success ? BigInt(tag.data[INTEGER_KEY]) : value;
  });
}

/** The vectors of one file. */
export function readVectors(path: string): readonly Vector[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      if (text.trim() === '') return [];
      const found = record.parse(parseExactJson(text));
      return [
        {
          line: index + 1,
          input: found.input,
          expected: found.expected,
          referenceError: found.reference_error,
          referenceValue: found.reference_value,
          parsedNumber: found.parsed_number,
        },
      ];
    });
}

/** The vector files of a folder by name, in alphabetical order. */
export function listVectorFiles(
  folder: string,
): readonly { readonly name: string; readonly path: string }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => ({ name: basename(file, '.jsonl'), path: join(folder, file) }));
}
