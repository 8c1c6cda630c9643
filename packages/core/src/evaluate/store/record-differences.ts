/** The differences between the records of two evaluations. They may explain a difference in scores, and some forbid resuming one with the other. */
import { isDeepStrictEqual } from 'node:util';
import type { EvaluationRecord } from './evaluation-record.ts';
import { essential } from './evaluation-record.ts';

/** An entry that differs between two evaluations, as text; `unset` when one has none. */
export interface EntryDifference {
  /** Path in the record, `sampling.temperature`. */
  readonly entry: string;
  readonly first: string;
  readonly second: string;
}

/** Every entry in which two records differ. Entries that version 1 did not record are compared only when both have them. */
export function recordDifferences(
  first: EvaluationRecord,
  second: EvaluationRecord,
): readonly EntryDifference[] {
  const optional = ['dataset', 'template', 'promptHash', 'step', 'engine', 'versions'] as const;
  const isOld = first.version === 1 || second.version === 1;
  const left = isOld ? optional.filter((key) => !(key in first && key in second)) : [];
  const comparable = (record: EvaluationRecord): unknown =>
    plain({
      ...Object.fromEntries(
        Object.entries(record).filter(([key]) => !left.some((one) => one === key)),
      ),
      version: undefined,
      benchmark: essential(record.benchmark),
      policy: essential(record.policy),
      ...(record.judge && { judge: essential(record.judge) }),
    });
  return differences(comparable(first), comparable(second), '');
}

/** Entries that may differ when an evaluation is resumed on another machine or with another release. */
const CIRCUMSTANCES = /^(?:model|promptHash|engine|versions)(?:\.|$)/u;

/**
 * The conflicts of a record with an earlier one of the same folder: `sampling.maxNewTokens was 16 and is 64`; none when the answers of both
 * may be mixed. A judge may be added or left out, but not replaced by another one.
 */
export function recordConflicts(
  earlier: EvaluationRecord,
  now: EvaluationRecord,
): readonly string[] {
  const bothJudge = earlier.judge !== undefined && now.judge !== undefined;
  return recordDifferences(earlier, now)
    .filter(({ entry }) => !CIRCUMSTANCES.test(entry))
    .filter(({ entry }) => bothJudge || !/^judge(?:\.|$)/u.test(entry))
    .map(({ entry, first, second }) => `${entry} was ${first} and is ${second}`);
}

/** The value without undefined fields. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function differences(first: unknown, second: unknown, path: string): readonly EntryDifference[] {
  if (isDeepStrictEqual(first, second)) return [];
  if (isObject(first) && isObject(second)) {
    const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
    return [...keys].flatMap((key) =>
      differences(first[key], second[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const text = (value: unknown) => (value === undefined ? 'unset' : JSON.stringify(value));
  return [{ entry: path, first: text(first), second: text(second) }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
