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

/** A field beside input and answer may be missing or null, which means the same. */
const record = z.object({
  input: z.unknown(),
  expected: z.unknown(),
  reference_error: z.string().nullish(),
  reference_value: z.number().nullish(),
  parsed_number: z.string().nullish(),
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

/** A line of a file of vectors as it stands there. */
export interface VectorLine {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** The lines of one file, without the empty ones. */
export function listLines(path: string): readonly VectorLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((text, index) => ({ line: index + 1, text }))
    .filter(({ text }) => text.trim() !== '');
}

/**
 * The vector that a line holds; keys that nobody asks for are of no matter.
 *
 * @throws SyntaxError when the line is no JSON, ZodError when it is no vector.
 */
export function readVector({ line, text }: VectorLine): Vector {
  const found = record.parse(parseExactJson(text));
  return {
    line,
    input: found.input,
    expected: found.expected,
    referenceError: found.reference_error ?? undefined,
    referenceValue: found.reference_value ?? undefined,
    parsedNumber: found.parsed_number ?? undefined,
  };
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
