/**
 * Checks that the tables of an mp4 or mov file fit into their boxes. A reader that believes a damaged count fills the memory with
 * entries that do not exist.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { bytesAt } from './file-bytes.ts';
import { boxesWithin, descend, named } from './iso-boxes.ts';
import type { Box } from './iso-boxes.ts';

/** Bytes of an entry (ISO/IEC 14496-12, 8.6 and 8.7). */
const ENTRY_BYTES: Readonly<Record<string, number>> = {
  stts: 8,
  ctts: 8,
  stsc: 12,
  stss: 4,
  stco: 4,
  co64: 8,
};

/** Where an entry has the number of its samples. */
const RUN_AT: Readonly<Record<string, number>> = { stts: 0, ctts: 0, stsc: 4 };

/** More frames than a day has at 100 a second count as damage. */
const MAX_SAMPLES = 24 * 60 * 60 * 100;

/** Tables may count this many times the samples of the track, as careless cutters leave them. */
const SLACK = 10;

/** @throws Error that names the table whose counts exceed its box, the samples of the track, or any plausible video. */
export async function checkTables(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const all = { type: '', from: 0, to: (await file.stat()).size };
    const movie = await descend(file, all, ['moov']);
    for (const track of movie ? (await boxesWithin(file, movie)).filter(named('trak')) : []) {
      const tables = await descend(file, track, ['mdia', 'minf', 'stbl']);
      if (tables) await checkTrack(file, await boxesWithin(file, tables));
    }
  } finally {
    await file.close();
  }
}

async function checkTrack(file: FileHandle, tables: readonly Box[]): Promise<void> {
  const sizes = tables.find(named('stsz'));
  const head = sizes ? await bytesAt(file, sizes.from, 12) : Buffer.alloc(0);
  const samples = head.length < 12 ? MAX_SAMPLES : head.readUInt32BE(8);
  const each = head.length < 12 ? 0 : head.readUInt32BE(4);
  // Uncompressed sound has very many samples, all alike.
  const room = each > 0 ? (await file.stat()).size / each : MAX_SAMPLES;
  const listed = sizes && each === 0 ? (sizes.to - sizes.from - 12) / 4 : Infinity;
  if (samples > Math.min(room, listed)) throw damaged('stsz', samples);
  for (const table of tables) {
    const entryBytes = ENTRY_BYTES[table.type];
    if (entryBytes !== undefined) await checkTable(file, table, entryBytes, samples);
  }
}

async function checkTable(
  file: FileHandle,
  { type, from, to }: Box,
  entryBytes: number,
  samples: number,
): Promise<void> {
  const head = await bytesAt(file, from, 8);
  const count = head.length < 8 ? 0 : head.readUInt32BE(4);
  if (8 + entryBytes * count > to - from || count > MAX_SAMPLES) throw damaged(type, count);
  const at = RUN_AT[type];
  if (at === undefined) return;
  const bytes = await bytesAt(file, from + 8, entryBytes * count);
  let sum = 0;
  for (let entry = at; entry + 4 <= bytes.length; entry += entryBytes) {
    const run = bytes.readUInt32BE(entry);
    // A chunk holds no more samples than there are; runs of samples add up to them.
    sum = type === 'stsc' ? run : sum + run;
    if (sum > SLACK * (samples + 1)) throw damaged(type, sum);
  }
}

const damaged = (type: string, count: number) =>
  new Error(`its table ${type} is damaged: a count of ${count} does not fit`);
