/**
 * The folder of an evaluation:
 *
 *     evaluation.json       the record of the evaluation, with a version
 *     predictions.jsonl     one row for each answer, in the order of generation
 *     report.json, report.html
 *     .unfinished           while answers are missing
 *     .writer-<id>          while a process writes: see folder-lock.ts
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import { AppendFile, cutFile } from '../../files/append-file.ts';
import { writeFileWhole } from '../../files/atomic-file.ts';
import { removeHalfFiles } from '../../files/leftovers.ts';
import { FolderLock } from '../../files/lock/folder-lock.ts';
import { parseRecord } from './evaluation-record.ts';
import type { EvaluationRecord } from './evaluation-record.ts';
import { readPredictions } from './predictions.ts';
import type { PredictionLine, PredictionRow } from './predictions.ts';
import { recordConflicts } from './record-differences.ts';

const RECORD = 'evaluation.json';
const PREDICTIONS = 'predictions.jsonl';
/** Exists while answers are missing; a killed process leaves it. */
const UNFINISHED = '.unfinished';

/** Stores rows as they come, so that they survive a killed process. */
export class EvaluationStore {
  readonly directory: string;
  /** The record, with the judge of an earlier process when this one has none. */
  readonly record: EvaluationRecord;
  /** Rows that the folder held when it was opened. */
  readonly earlier: ReadonlyMap<string, PredictionRow>;
  readonly #file: AppendFile;
  readonly #lock: FolderLock;

  private constructor(directory: string, record: EvaluationRecord, lock: FolderLock) {
    this.directory = directory;
    this.#lock = lock;
    const path = join(directory, PREDICTIONS);
    removeHalfFiles(directory);
    if (existsSync(path)) cutUnfinishedLine(path);
    this.earlier = existsSync(path) ? readPredictions(path) : new Map<string, PredictionRow>();
    const begun = existsSync(join(directory, RECORD)) && this.earlier.size > 0;
    const earlier = begun ? checkedRecord(directory, record, this.earlier) : undefined;
    this.record = earlier?.judge && !record.judge ? { ...record, judge: earlier.judge } : record;
    writeFileWhole(join(directory, RECORD), `${JSON.stringify(this.record, null, 2)}\n`);
    this.#file = new AppendFile(path);
    writeFileWhole(join(directory, UNFINISHED), '');
  }

  /**
   * Locks a folder for this process: a new one, one with an evaluation of the same settings, or one without rows.
   *
   * @throws LociError `folder-in-use` while another process writes there, `folder-taken` for one with other files, `evaluation-differs`
   * naming the differing settings, `predictions-invalid`, `not-writable`, `disk-full`.
   */
  static open(directory: string, record: EvaluationRecord): EvaluationStore {
    checkFolder(directory);
    const lock = FolderLock.take(directory, { worthless: [RECORD, UNFINISHED] });
    try {
      return new EvaluationStore(directory, record, lock);
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /** @throws LociError `disk-full`, `not-writable`, `folder-lost`. */
  keep(lines: readonly PredictionLine[]): void {
    this.#lock.assertHeld();
    this.#file.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Writes a file of the report, whole or not at all. */
  write(name: string, content: string): string {
    this.#lock.assertHeld();
    const path = join(this.directory, name);
    writeFileWhole(path, content);
    return path;
  }

  /** Marks the evaluation as complete. */
  finish(): void {
    rmSync(join(this.directory, UNFINISHED), { force: true });
  }

  /** Ends writing and unlocks the folder. A new folder without rows is removed. */
  close(): void {
    this.#file.close();
    const path = join(this.directory, PREDICTIONS);
    if (existsSync(path) && !holdsRows(path)) rmSync(path);
    this.#lock.release();
  }
}

/** The record and rows of an evaluation's folder. */
export interface StoredEvaluation {
  readonly record: EvaluationRecord;
  readonly rows: ReadonlyMap<string, PredictionRow>;
}

/** Reads the folder of an evaluation. @throws LociError `no-evaluation` when it holds none, `predictions-invalid`. */
export function readEvaluation(directory: string): StoredEvaluation {
  if (!existsSync(join(directory, RECORD))) throw absent(directory);
  return { record: readRecord(directory), rows: readPredictions(join(directory, PREDICTIONS)) };
}

/** The error of a folder without an evaluation. The first format had one file with figures and verdicts, which cannot be scored again. */
function absent(directory: string): LociError {
  const first = `${directory.replace(/[\\/]+$/u, '')}.json`;
  if (!existsSync(first)) {
    return new LociError(
      'no-evaluation',
      `${directory} holds no evaluation: it has no ${RECORD}; name the folder of an evaluation`,
    );
  }
  return new LociError(
    'evaluation-version',
    `${first} is of version 1, which the report of its run shows, but which cannot be scored again: evaluate the checkpoints of the run with --policy RUN/checkpoints/step-…`,
  );
}

function readRecord(directory: string): EvaluationRecord {
  const path = join(directory, RECORD);
  try {
    return parseRecord(JSON.parse(readFileSync(path, 'utf8')), directory);
  } catch (cause) {
    if (LociError.is(cause)) throw cause;
    throw new LociError('no-evaluation', `${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Rejects folders with other files, such as data, a model or a training run. */
function checkFolder(directory: string): void {
  if (!existsSync(directory)) return;
  if (!statSync(directory).isDirectory()) {
    throw new LociError(
      'folder-taken',
      `${directory} is a file, but an evaluation needs a folder; choose another path`,
    );
  }
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  if (names.length === 0 || names.includes(RECORD) || names.includes(PREDICTIONS)) return;
  throw new LociError(
    'folder-taken',
    `${directory} holds other files (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}) and no evaluation; choose another folder`,
  );
}

/** The folder's record when the settings agree. Its judge is dropped when no row has a reply from it. */
function checkedRecord(
  directory: string,
  record: EvaluationRecord,
  rows: ReadonlyMap<string, PredictionRow>,
): EvaluationRecord {
  const { judge, ...rest } = readRecord(directory);
  const judged = [...rows.values()].some(({ prediction }) => 'judgement' in prediction);
  const earlier = judge && judged ? { ...rest, judge } : rest;
  const conflicts = recordConflicts(earlier, record);
  if (conflicts.length === 0) return earlier;
  throw new LociError(
    'evaluation-differs',
    `${directory} holds another evaluation: ${conflicts.join('; ')}. Choose another folder, or resume with the same settings`,
  );
}

function holdsRows(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}

/**
 * The newest unfinished folder within `root` with the same settings: its process was stopped, or some of its questions failed. Undefined
 * when there is none. Folders locked by another process are left out.
 */
export function findUnfinished(root: string, record: EvaluationRecord): string | undefined {
  if (!existsSync(root)) return undefined;
  const found = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(root, name))
    .filter((directory) => existsSync(join(directory, UNFINISHED)))
    .filter((directory) => !FolderLock.isHeld(directory))
    .filter((directory) => holdsRows(join(directory, PREDICTIONS)))
    .filter((directory) => hasSameSettings(directory, record))
    .map((directory) => ({ directory, at: statSync(join(directory, PREDICTIONS)).mtimeMs }));
  return found.sort((a, b) => b.at - a.at)[0]?.directory;
}

function hasSameSettings(directory: string, record: EvaluationRecord): boolean {
  try {
    return recordConflicts(readRecord(directory), record).length === 0;
  } catch {
    return false;
  }
}

/** Cuts off an incomplete last line, which a killed process left. */
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
