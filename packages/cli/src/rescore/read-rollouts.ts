/** Rollouts from a file of any size, one line at a time; lines that cannot be used are handed out as such. */
import { LociError, currentRolloutLine, messageOf } from '@loci/core';
import type { RolloutLine } from '@loci/core';
import { textLines } from '../text-lines.ts';
import type { TextLine } from '../text-lines.ts';

/** A line of the file: a rollout, or why it is none. */
export type ReadLine =
  | {
      readonly line: number;
      readonly endByte: number;
      readonly rollout: RolloutLine;
      readonly broken?: never;
    }
  | {
      /** Counted from 1. */
      readonly line: number;
      /** Bytes of the file up to the end of the line. */
      readonly endByte: number;
      readonly broken: string;
      readonly rollout?: never;
    };

/** Tokens of a completion beyond which a line is taken for damaged. */
const MOST_TOKENS = 10_000_000;

/**
 * Reads the lines of a `rollouts.jsonl`.
 *
 * @throws LociError `rollouts-unreadable` when the file cannot be read, `rollouts-old` when a line lacks what a sample is rebuilt
 * from, `format-newer` when a later release wrote it.
 */
export async function* readRollouts(file: string): AsyncGenerator<ReadLine, void, undefined> {
  let line = 0;
  for await (const { text, endByte } of linesOf(file)) {
    line++;
    if (text.trim() === '') continue;
    const read = parse(text, `${file}, line ${line}`);
    if (typeof read === 'string') {
      yield { line, endByte, broken: read };
      continue;
    }
    const missing = ['problemType', 'source'].filter((key) => typeof read[key] !== 'string');
    if (missing.length > 0) {
      throw new LociError(
        'rollouts-old',
        `${file}, line ${line} has no ${missing.join(' and no ')}: it was written by an older version, and its question ` +
          'cannot be rebuilt; sample the rollouts again, or add these keys of the record to every line',
      );
    }
    yield { line, endByte, rollout: read as unknown as RolloutLine };
  }
}

async function* linesOf(file: string): AsyncGenerator<TextLine, void, undefined> {
  try {
    yield* textLines(file);
  } catch (thrown) {
    throw new LociError('rollouts-unreadable', `Cannot read ${file}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * A line's fields, or what is wrong with it.
 *
 * @throws LociError `format-newer`: its fields may be others than these.
 */
function parse(text: string, place: string): Fields | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return `not JSON: ${messageOf(thrown)}`;
  }
  if (!isFields(value)) return 'not a JSON object';
  const line: Fields = currentRolloutLine(value, place);
  const wrong = Object.entries(FIELDS).find(([key, isGood]) => !isGood(line[key]));
  return wrong === undefined ? line : `no rollout: its "${wrong[0]}" is missing or damaged`;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

const isMedium = (value: unknown): boolean =>
  isFields(value) && isText(value['kind']) && isText(value['path']);

/** What is needed to score a rollout again and to compare. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  step: isCount,
  sampleId: isText,
  kind: isText,
  problem: isText,
  options: Array.isArray,
  solution: isText,
  media: (value) => Array.isArray(value) && value.every(isMedium),
  map: (value) => value === undefined || isFields(value),
  meta: (value) => value === undefined || isFields(value),
  completion: isCount,
  opened: (value) => value === undefined || isText(value),
  look: (value) => value === undefined || isText(value),
  text: isText,
  tokens: (value) => isCount(value) && (value as number) <= MOST_TOKENS,
  finishReason: isText,
  reward: (value) => value === null || Number.isFinite(value),
  outcomes: (value) => isFields(value) && Object.values(value).every(isOutcome),
};

function isOutcome(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { status, reason, parts } = value;
  if (status !== 'scored') return (status === 'abstained' || status === 'failed') && isText(reason);
  return Number.isFinite(value['value']) && (parts === undefined || isFields(parts));
}
