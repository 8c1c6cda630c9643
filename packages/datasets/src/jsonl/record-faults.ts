/** Finds all faults of a record at once, each with its key. */
import { countMarkers, readTrueNumber, suggest } from '@loci/core';
import type { ProblemType } from '@loci/core';
import type { z } from 'zod';
import { mediaKind } from './media-kind.ts';
import { letteredOptions, letterOfAnswer } from './options.ts';
import { dataRecord } from './record.ts';
import type { DataRecord } from './record.ts';

/** A fault, and its place in the record. */
export interface RecordFault {
  /** `answer`, `media[1].path`; empty for the record as a whole. */
  readonly key: string;
  readonly reason: string;
}

/** The faults of a value, in the order of its keys; none when it is a record. */
export function recordFaults(value: unknown): readonly RecordFault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ key: '', reason: 'not a JSON object' }];
  }
  const parsed = dataRecord.safeParse(value);
  const issues = parsed.success ? [] : parsed.error.issues;
  const faults = issues.flatMap((issue) => faultsOfIssue(issue, value));
  const wrong = new Set(faults.map(({ key }) => /^[^.[]*/u.exec(key)![0]));
  const fields = value as Readonly<Record<string, unknown>>;
  // Rules between two keys are checked wherever both are valid.
  const record: Partial<DataRecord> = Object.fromEntries(
    Object.entries(fields).filter(([key]) => !wrong.has(key)),
  );
  const further = [
    ...mediaFaults(fields['media'], record, faults),
    ...optionFaults(record),
    ...answerFaults(record, wrong),
  ];
  return [...faults, ...further];
}

function faultsOfIssue(issue: z.core.$ZodIssue, record: object): readonly RecordFault[] {
  const key = keyOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(dataRecord.shape);
    return issue.keys.map((name) => ({
      key: keyOf([...issue.path, name]),
      reason: `is no key of a record; ${suggest(name, known)}`,
    }));
  }
  const isMissing = issue.path.length === 1 && !(issue.path[0]! in record);
  return [{ key, reason: isMissing ? 'is missing' : issue.message }];
}

function keyOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, step) => {
    if (typeof step === 'number') return `${key}[${step}]`;
    return key === '' ? String(step) : `${key}.${String(step)}`;
  }, '');
}

/** Faults of each medium; where all media are valid, also of the markers. */
function mediaFaults(
  given: unknown,
  { question, options }: Partial<DataRecord>,
  known: readonly RecordFault[],
): RecordFault[] {
  const faults: RecordFault[] = [];
  const isWrong = (key: string): boolean =>
    known.some((fault) => fault.key === key || fault.key.startsWith(`${key}.`));
  const media = Array.isArray(given) ? (given as DataRecord['media']) : [];
  const counts = { video: 0, image: 0 };
  for (const [place, medium] of media.entries()) {
    if (isWrong(`media[${place}]`)) continue;
    const kind = kindOf(medium);
    if (kind !== undefined) counts[kind]++;
    else {
      const reason =
        'its name does not show whether it is a video or an image: write { path, kind }';
      faults.push({ key: `media[${place}]`, reason });
    }
    if (typeof medium === 'object' && medium.second !== undefined && medium.kind === 'video') {
      faults.push({
        key: `media[${place}].kind`,
        reason: 'is video, but one second of a video is an image',
      });
    }
  }
  const areAllRead = !known.some(({ key }) => key.startsWith('media'));
  if (question === undefined || faults.length > 0 || !areAllRead) return faults;
  const markers = countMarkers([question, ...(options ?? [])].join('\n'));
  for (const kind of ['video', 'image'] as const) {
    if (markers[kind] <= counts[kind]) continue;
    const reason = `has ${markers[kind]} <${kind}>, but media has ${counts[kind]} of that kind`;
    faults.push({ key: 'question', reason });
  }
  return faults;
}

/** The kind of a medium of a record. */
export function kindOf(medium: DataRecord['media'][number]): 'video' | 'image' | undefined {
  if (typeof medium === 'string') return mediaKind(medium);
  return medium.kind ?? (medium.second === undefined ? mediaKind(medium.path) : 'image');
}

function optionFaults({ options, type }: Partial<DataRecord>): RecordFault[] {
  const faults: RecordFault[] = [];
  if (options !== undefined && letteredOptions(options) === undefined) {
    const reason = 'must all begin with their letters in order (A. , B. , …), or none of them';
    faults.push({ key: 'options', reason });
  }
  if (options === undefined && type === 'multiple choice') {
    faults.push({ key: 'options', reason: 'is missing, but type is multiple choice' });
  }
  if (options !== undefined && type !== undefined && type !== 'multiple choice') {
    faults.push({
      key: 'type',
      reason: `is ${type}, but there are options: leave one of them out`,
    });
  }
  return faults;
}

function answerFaults(
  { answer, options, type }: Partial<DataRecord>,
  wrong: ReadonlySet<string>,
): RecordFault[] {
  if (answer === undefined || wrong.has('options')) return [];
  const lettered = options && letteredOptions(options);
  if (lettered !== undefined && letterOfAnswer(lettered, String(answer)) === undefined) {
    const reason = `${JSON.stringify(answer)} is none of the options ${lettered.map(([letter]) => letter).join(', ')}`;
    return [{ key: 'answer', reason }];
  }
  if (options === undefined && (type === 'numerical' || type === 'regression')) {
    if (readTrueNumber(String(answer)) !== undefined) return [];
    return [
      { key: 'answer', reason: `${JSON.stringify(answer)} is not a number, but type is ${type}` },
    ];
  }
  return [];
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/iu;

/** The type of a record, which decides how its answers are scored. */
export function typeOfRecord({ type, options, answer }: DataRecord): ProblemType {
  if (type !== undefined) return type;
  if (options !== undefined) return 'multiple choice';
  return typeof answer === 'number' || NUMBER.test(answer.trim()) ? 'numerical' : 'free-form';
}
