/** The diagnosis of the bundled model as a person runs it. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../src/commands/diagnose.ts';
import type { Diagnosis } from '../../src/diagnose/figures.ts';
import type { Io } from '../../src/io.ts';

function asUser(): { io: Io; written: () => string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'loci-diagnose-'));
  let text = '';
  const out = { isTTY: false, write: (more: string) => (text += more) };
  return {
    io: { out, userDirectory: folder } as unknown as Io,
    written: () => text,
    folder,
  };
}

describe('cli:diagnose', () => {
  test('prints the tables and writes them with their numbers', async () => {
    const { io, written, folder } = asUser();
    writeFileSync(join(folder, 'rooms.json'), '[0,1]');
    const flags = { set: [], questions: 2, trainedRooms: 'rooms.json', out: 'found', quiet: true };
    await diagnose({ ...flags, quiet: true }, io);
    const page = readFileSync(join(folder, 'found/diagnosis.md'), 'utf8');
    const found = JSON.parse(
      readFileSync(join(folder, 'found/diagnosis.json'), 'utf8'),
    ) as Diagnosis;
    expect(written()).toContain(page);
    const counting = found.kinds.find(({ name }) => name === 'counting')!;
    expect(counting.free.count).toBe(2);
    expect(counting.reader?.ofTrue.value).toBe(1);
    expect(found.fresh.withinOneCell.value).toBeGreaterThan(0);
    expect(found.gap?.value).toBeCloseTo(
      found.trained!.withinOneCell.value - found.fresh.withinOneCell.value,
    );
  }, 120_000);

  test('an invalid list of rooms is an error with its path', async () => {
    const { io, folder } = asUser();
    writeFileSync(join(folder, 'rooms.json'), '{"rooms":[0]}');
    await expect(diagnose({ set: [], trainedRooms: 'rooms.json' }, io)).rejects.toThrow(
      /rooms\.json must be a JSON list of indices of rooms/,
    );
  });
});
