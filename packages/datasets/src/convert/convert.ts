/** Converts files of other projects to a folder of records, and counts the skipped rows by reason. */
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { RECORDS_FILE } from '../jsonl/record.ts';
import { recordFaults } from '../jsonl/record-faults.ts';
import { draftOf } from './draft.ts';
import type { Draft } from './draft.ts';
import { MEDIA_LINK, MediaPlace } from './media-place.ts';
import { NotTaken } from './not-taken.ts';
import { readRows } from './rows.ts';
import type { Fields } from './rows.ts';
import { spacerRows } from './spacer-rows.ts';

/** Formats that can be converted. */
export const CONVERTED_FORMS = ['spacer', 'ms-swift', 'trl', 'llava', 'parquet'] as const;

/** One of them. */
export type ConvertedForm = (typeof CONVERTED_FORMS)[number];

/** What to convert. */
export interface ConvertOptions {
  readonly from: ConvertedForm;
  /** Absolute. */
  readonly file: string;
  /** Folder of the records; made where it is not there. */
  readonly out: string;
  /** Folder that relative paths of media start from; the folder of the file when absent. */
  readonly media?: string;
}

/** Rows with the same outcome. */
export interface RowCount {
  readonly reason: string;
  readonly rows: number;
  /** The first of them with its detail: `line 3: videos/a.mp4`. */
  readonly first: string;
}

/** The outcome of a conversion. */
export interface Conversion {
  readonly file: string;
  readonly rows: number;
  readonly records: number;
  /** Rows that became no record, most frequent reason first. */
  readonly notTaken: readonly RowCount[];
  /** Parts of rows that their records leave out. */
  readonly leftOut: readonly RowCount[];
}

type RowReader = (row: Fields, place: MediaPlace) => Draft;

/** The reader of each format's rows. */
const READERS: Readonly<Record<ConvertedForm, (file: string) => RowReader | Promise<RowReader>>> = {
  spacer: spacerRows,
  'ms-swift': () => (row, place) =>
    draftOf(row, ['messages', 'conversations', 'query'], place, false),
  trl: () => (row, place) => draftOf(row, ['messages', 'prompt'], place, false),
  llava: () => (row, place) => draftOf(row, ['conversations'], place, false),
  parquet: () => (row, place) =>
    draftOf(row, ['messages', 'conversations', 'prompt', 'query'], place, true),
};

/**
 * Converts a file. Media stay where they are: `media` in the new folder is a link to their folder. Images inside the file become files. The
 * records appear whole or not at all.
 *
 * @throws LociError `convert-file`, `convert-out` when the folder has records already, `convert-nothing` when no row could be converted.
 */
export async function convertData({ from, file, out, media }: ConvertOptions): Promise<Conversion> {
  const records = join(out, RECORDS_FILE);
  if (existsSync(records)) {
    throw new LociError('convert-out', `${records} exists already: name another folder with --out`);
  }
  const root = resolve(media ?? dirname(file));
  const read = await READERS[from](file);
  mkdirSync(out, { recursive: true });
  const place = new MediaPlace(root, out);
  const [notTaken, leftOut] = [new Tally(), new Tally()];
  const part = `${records}.part`;
  const ids = new Set<string>();
  let rows = 0;
  let taken = 0;
  const written = await open(part, 'w');
  try {
    for await (const { place: at, value } of readRows(file)) {
      rows++;
      try {
        if (value instanceof NotTaken) throw value;
        const draft = read(value, place);
        const { record, notes } = withOwnId(draft, ids);
        checkRecord(record);
        await written.write(`${JSON.stringify(record)}\n`);
        taken++;
        for (const note of notes) leftOut.add(note, at);
      } catch (thrown) {
        if (!(thrown instanceof NotTaken)) throw thrown;
        notTaken.add(thrown.reason, thrown.example === '' ? at : `${at}: ${thrown.example}`);
      }
    }
  } catch (thrown) {
    rmSync(part, { force: true });
    throw thrown;
  } finally {
    await written.close();
  }
  const conversion = { file: records, rows, records: taken };
  if (taken === 0) {
    rmSync(part);
    const [first] = notTaken.counts();
    throw new LociError(
      'convert-nothing',
      `None of the ${rows} rows of ${file} could be taken as ${from}` +
        (first === undefined ? ': it has none' : `; most often: ${first.reason} (${first.first})`),
      { details: { notTaken: notTaken.counts() } },
    );
  }
  linkMedia(root, out);
  renameSync(part, records);
  return { ...conversion, notTaken: notTaken.counts(), leftOut: leftOut.counts() };
}

/** A draft without its id where another row has it. */
function withOwnId({ record, notes }: Draft, ids: Set<string>): Draft {
  const { id, ...rest } = record;
  if (id === undefined) return { record, notes };
  if (ids.has(String(id))) {
    return { record: rest, notes: [...notes, 'ids that another row has too'] };
  }
  ids.add(String(id));
  return { record, notes };
}

/** @throws NotTaken for a record that `check-data` would report. */
function checkRecord(record: Draft['record']): void {
  const [fault] = recordFaults(JSON.parse(JSON.stringify(record)));
  if (fault === undefined) return;
  const reason = `${fault.key} ${fault.reason}`;
  throw new NotTaken(reason.replaceAll(/"(?:[^"\\]|\\.)*"|\d+/gu, '…'), reason);
}

function linkMedia(root: string, out: string): void {
  const link = join(out, MEDIA_LINK);
  if (existsSync(link)) return;
  try {
    symlinkSync(root, link, 'dir');
  } catch (cause) {
    throw new LociError(
      'convert-out',
      `Cannot link ${link} to ${root} (${messageOf(cause)}): name a folder on a disk that has links with --out`,
      { cause },
    );
  }
}

/** Counts rows by reason. */
class Tally {
  readonly #counts = new Map<string, { rows: number; first: string }>();

  add(reason: string, first: string): void {
    const count = this.#counts.get(reason);
    if (count) count.rows++;
    else this.#counts.set(reason, { rows: 1, first });
  }

  counts(): readonly RowCount[] {
    return [...this.#counts]
      .map(([reason, count]) => ({ reason, ...count }))
      .sort((a, b) => b.rows - a.rows);
  }
}
