/**
 * The folder of an evaluation:
 *
 *     evaluation.json       what is asked of whom
 *     predictions.jsonl     one row an item and pass, as they come
 *     report.json, report.html
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LociError, messageOf } from '../errors/loci-error.ts';
import { AppendFile, cutFile } from '../metrics/append-file.ts';
import { writeFileWhole } from '../train/atomic-file.ts';
import { parsePlan } from './evaluation-plan.ts';
import type { EvaluationPlan } from './evaluation-plan.ts';
import { readPredictions } from './predictions.ts';
import type { PredictionLine, PredictionRow } from './predictions.ts';

const PLAN = 'evaluation.json';
const PREDICTIONS = 'predictions.jsonl';

/** Keeps rows as they come: what was kept outlives a killed process. */
export class EvaluationStore {
  readonly directory: string;
  /** Rows that were there when the folder was opened. */
  readonly earlier: ReadonlyMap<string, PredictionRow>;
  readonly #file: AppendFile;

  /**
   * Opens a new folder, or one whose evaluation asked the same.
   *
   * @throws LociError `evaluation-differs` naming what does, `predictions-invalid`, `not-writable`, `disk-full`.
   */
  constructor(directory: string, plan: EvaluationPlan) {
    this.directory = directory;
    const path = join(directory, PREDICTIONS);
    if (existsSync(join(directory, PLAN))) checkPlan(directory, plan);
    else writeFileWhole(join(directory, PLAN), `${JSON.stringify(plan, null, 2)}\n`);
    if (existsSync(path)) cutUnfinishedLine(path);
    this.earlier = existsSync(path) ? readPredictions(path) : new Map<string, PredictionRow>();
    this.#file = new AppendFile(path);
  }

  /** @throws LociError `disk-full`, `not-writable`. */
  keep(lines: readonly PredictionLine[]): void {
    this.#file.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Writes a file of the report, whole or not at all. */
  write(name: string, content: string): string {
    const path = join(this.directory, name);
    writeFileWhole(path, content);
    return path;
  }

  close(): void {
    this.#file.close();
  }
}

/** What an evaluation kept. */
export interface StoredEvaluation {
  readonly plan: EvaluationPlan;
  readonly rows: ReadonlyMap<string, PredictionRow>;
}

/** @throws LociError `no-evaluation` when the folder holds none, `predictions-invalid`. */
export function readEvaluation(directory: string): StoredEvaluation {
  if (!existsSync(join(directory, PLAN))) {
    throw new LociError('no-evaluation', `${directory} holds no evaluation: it has no ${PLAN}`);
  }
  return { plan: readPlan(directory), rows: readPredictions(join(directory, PREDICTIONS)) };
}

function readPlan(directory: string): EvaluationPlan {
  const path = join(directory, PLAN);
  try {
    return parsePlan(JSON.parse(readFileSync(path, 'utf8')), directory);
  } catch (cause) {
    if (LociError.is(cause)) throw cause;
    throw new LociError('no-evaluation', `${path}: ${messageOf(cause)}`, { cause });
  }
}

function checkPlan(directory: string, plan: EvaluationPlan): void {
  const earlier = readPlan(directory);
  const keys = ['benchmark', 'setup', 'policy', 'sampling', 'seed'] as const;
  // The order in which options were written, and options that are undefined, make no difference.
  const now = JSON.parse(JSON.stringify(plan)) as EvaluationPlan;
  const differing = keys.filter((key) => !isDeepStrictEqual(earlier[key], now[key]));
  if (differing.length === 0) return;
  const told = differing.map(
    (key) => `${key} was ${JSON.stringify(earlier[key])} and is ${JSON.stringify(plan[key])}`,
  );
  throw new LociError(
    'evaluation-differs',
    `${directory} holds another evaluation: ${told.join('; ')}. Take another folder, or the same settings to go on`,
  );
}

/** Cuts off what a killed process wrote of its last line. */
function cutUnfinishedLine(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    if (size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === 0x0a))
      return;
  } finally {
    closeSync(descriptor);
  }
  const bytes = readFileSync(path);
  cutFile(path, bytes.lastIndexOf(0x0a) + 1);
}
