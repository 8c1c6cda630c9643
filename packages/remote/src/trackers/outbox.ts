/**
 * Keeps entries in the run folder until they are sent. They outlive a tracker that is down and a process that is killed.
 *
 *     trackers/<name>/outbox.jsonl     entries: the sent ones, then the waiting ones
 *     trackers/<name>/sent.json        where the waiting ones begin
 *     trackers/<name>/*.jpg            pictures that entries name
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileWhole } from '@loci/core';
import { z } from 'zod';
import type { TrackedEntry, TrackerState } from './entry.ts';

/** Bytes of one read. */
const PIECE = 1 << 19;
/** Once this many bytes are sent, the file is cut. */
const CUT_FROM = 4 << 20;

const markSchema = z.object({
  runId: z.string(),
  offset: z.int().nonnegative(),
  /** Highest sent step of each series of entries. */
  steps: z.record(z.string(), z.number()),
  state: z.record(z.string(), z.string()),
});
type Mark = z.infer<typeof markSchema>;

/** The next entries, and where they end in the file. */
export interface OutboxBatch {
  readonly entries: readonly TrackedEntry[];
  readonly end: number;
}

/** The entries of one tracker of one run. */
export class Outbox {
  readonly folder: string;
  readonly #path: string;
  readonly #most: number;
  #mark: Mark;
  #size: number;
  #pictureBytes: number;

  /** @param mostBytes limit of waiting bytes; pictures, rollouts and tables get half of it. */
  constructor(folder: string, mostBytes: number) {
    this.folder = folder;
    this.#path = join(folder, 'outbox.jsonl');
    this.#most = mostBytes;
    this.#mark = readMark(folder) ?? { runId: randomUUID(), offset: 0, steps: {}, state: {} };
    this.#size = existsSync(this.#path) ? cutToLines(this.#path) : 0;
    // The file is cut before the mark is, so that a kill between the two sends nothing twice.
    if (this.#mark.offset > this.#size) this.#mark = { ...this.#mark, offset: 0 };
    this.#pictureBytes = bytesOfPictures(folder);
  }

  get runId(): string {
    return this.#mark.runId;
  }

  get state(): TrackerState {
    return this.#mark.state;
  }

  /** Bytes of entries that wait. */
  get waiting(): number {
    return this.#size - this.#mark.offset;
  }

  /** Whether the tracker has this entry: a resumed run repeats some steps. */
  knows({ id, step }: Pick<TrackedEntry, 'id' | 'step'>): boolean {
    const sent = this.#mark.steps[seriesOf(id)];
    return sent !== undefined && sent >= step;
  }

  /** Whether there is room for `bytes` more; a large entry gets half the room. */
  hasRoom(bytes: number, isLarge: boolean): boolean {
    return this.waiting + this.#pictureBytes + bytes <= (isLarge ? this.#most / 2 : this.#most);
  }

  /** Writes an entry to the disk. The first one creates the folder, so a run that cannot start leaves none. */
  append(entry: TrackedEntry): void {
    this.#open();
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    const file = openSync(this.#path, 'a');
    try {
      writeSync(file, bytes);
    } finally {
      closeSync(file);
    }
    this.#size += bytes.length;
  }

  /** Keeps a picture until its entry is sent. */
  addPicture(name: string, bytes: Uint8Array): void {
    this.#open();
    writeFileSync(join(this.folder, name), bytes);
    this.#pictureBytes += bytes.length;
  }

  picture(name: string): Buffer | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  /** The next entries; undefined when all are sent. It skips a line that cannot be read. */
  next(mostEntries: number): OutboxBatch | undefined {
    const start = this.#mark.offset;
    const lines: Buffer[] = [];
    let end = start;
    let rest = Buffer.alloc(0);
    const file = this.waiting > 0 ? openSync(this.#path, 'r') : undefined;
    try {
      while (file !== undefined && lines.length < mostEntries && end + rest.length < this.#size) {
        const piece = Buffer.alloc(Math.min(PIECE, this.#size - end - rest.length));
        const read = readSync(file, piece, 0, piece.length, end + rest.length);
        if (read === 0) break;
        rest = Buffer.concat([rest, piece.subarray(0, read)]);
        for (let feed = rest.indexOf(0x0a); feed >= 0; feed = rest.indexOf(0x0a)) {
          if (lines.length === mostEntries) break;
          lines.push(rest.subarray(0, feed));
          rest = rest.subarray(feed + 1);
          end += feed + 1;
        }
        if (lines.length > 0) break;
      }
    } finally {
      if (file !== undefined) closeSync(file);
    }
    if (end === start) return undefined;
    return { entries: lines.flatMap((line) => parsed(line) ?? []), end };
  }

  /** Notes that the tracker has the entries up to `end`. */
  confirm({ entries, end }: OutboxBatch): void {
    const steps = { ...this.#mark.steps };
    for (const { id, step, kind } of entries) {
      if (kind === 'start' || kind === 'end') continue;
      const series = seriesOf(id);
      steps[series] = Math.max(step, steps[series] ?? step);
    }
    for (const entry of entries) this.#dropPictures(entry);
    this.#keep({ steps, offset: end });
    if (end === this.#size || end > CUT_FROM) this.#cut();
  }

  /** Adds to the state of the run on its tracker. */
  note(state: TrackerState): void {
    this.#keep({ state: { ...this.#mark.state, ...state } });
  }

  /** Drops waiting entries of later steps: the run does those steps again. */
  rewind(lastStep: number): void {
    if (this.waiting === 0) return;
    const kept: string[] = [];
    for (const line of readFileSync(this.#path)
      .subarray(this.#mark.offset)
      .toString()
      .split('\n')) {
      const entry = line === '' ? undefined : parsed(Buffer.from(line));
      if (entry === undefined) continue;
      if (entry.step <= lastStep) kept.push(`${line}\n`);
      else this.#dropPictures(entry);
    }
    this.#replace(kept.join(''));
  }

  /** Removes the sent entries from the file. */
  #cut(): void {
    this.#replace(readFileSync(this.#path).subarray(this.#mark.offset));
  }

  #replace(content: string | Uint8Array): void {
    const size = Buffer.byteLength(content);
    // A file that is too short for the mark reveals a kill between the two writes; see the constructor.
    if (size === 0) truncateSync(this.#path, 0);
    else if (size < this.#mark.offset) writeFileWhole(this.#path, content);
    else {
      this.#keep({ offset: 0 });
      writeFileWhole(this.#path, content);
    }
    this.#size = size;
    this.#keep({ offset: 0 });
  }

  #dropPictures(entry: TrackedEntry): void {
    if (entry.kind !== 'rollouts') return;
    for (const { picture } of entry.rollouts) {
      if (picture === undefined) continue;
      const path = join(this.folder, picture);
      if (!existsSync(path)) continue;
      this.#pictureBytes = Math.max(0, this.#pictureBytes - statSync(path).size);
      rmSync(path);
    }
  }

  #open(): void {
    if (existsSync(this.folder)) return;
    // Level by level: a run folder that was moved meanwhile must not be created anew.
    const parent = dirname(this.folder);
    if (!existsSync(parent)) mkdirSync(parent);
    mkdirSync(this.folder);
    this.#keep({});
  }

  #keep(change: Partial<Mark>): void {
    this.#mark = { ...this.#mark, ...change };
    writeFileWhole(join(this.folder, 'sent.json'), `${JSON.stringify(this.#mark)}\n`);
  }
}

/** An id without its step. Entries of one series come in the order of their steps. */
export function seriesOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':'));
}

/** Pictures that an earlier process left to be sent. */
function bytesOfPictures(folder: string): number {
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function readMark(folder: string): Mark | undefined {
  const path = join(folder, 'sent.json');
  if (!existsSync(path)) return undefined;
  try {
    return markSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function parsed(line: Buffer): TrackedEntry | undefined {
  try {
    return JSON.parse(line.toString('utf8')) as TrackedEntry;
  } catch {
    return undefined;
  }
}

/** Cuts off a last line that a killed process did not finish. @returns The size. */
function cutToLines(path: string): number {
  const file = openSync(path, 'r');
  let size: number;
  let keep = 0;
  try {
    ({ size } = fstatSync(file));
    for (let from = size; from > 0 && keep === 0;) {
      const piece = Buffer.alloc(Math.min(PIECE, from));
      from -= piece.length;
      readSync(file, piece, 0, piece.length, from);
      const feed = piece.lastIndexOf(0x0a);
      if (feed >= 0) keep = from + feed + 1;
    }
  } finally {
    closeSync(file);
  }
  if (keep < size) truncateSync(path, keep);
  return keep;
}
