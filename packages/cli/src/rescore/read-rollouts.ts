/** Reads rollouts from a file of any size, one line at a time, and reports broken lines. */
import { LociError, currentRolloutLine, messageOf } from '@loci/core';
import type { RolloutLine } from '@loci/core';
import { textLines } from '../text-lines.ts';
import type { TextLine } from '../text-lines.ts';

/** A line of the file: a rollout, or the reason why it is broken. */
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

/** Most tokens of a completion; a line with more is damaged. */
const MOST_TOKENS = 10_000_000;

/**
 * Reads the lines of a `rollouts.jsonl`.
 *
 * @throws LociError `rollouts-unreadable` when the file cannot be read, `rollouts-old` when a line lacks fields of its sample,
 * `format-newer` when a later release wrote it.
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
        `${file}, line ${line} has no ${missing.join(' and no ')}: an older version wrote it, and its question ` +
          'cannot be rebuilt. Sample the rollouts again, or add these keys of the record to every line',
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
 * The fields of a line, or the problem with it.
 *
 * @throws LociError `format-newer` when a later release wrote it, whose fields may differ.
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
  return wrong === undefined ? line : `not a rollout: its "${wrong[0]}" is missing or damaged`;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

const isMedium = (value: unknown): boolean =>
  isFields(value) && isText(value['kind']) && isText(value['path']);

/** The fields that scoring and comparing need. */
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
