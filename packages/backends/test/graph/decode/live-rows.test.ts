/** Completions that ended leave a generation: which rows stay, and where their numbers lie before and after. */
import { describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import {
  allRows,
  cachePlaces,
  givenFrom,
  takenFrom,
  withoutEnded,
} from '../../../src/graph/decode/live-rows.ts';
import type { LiveRows } from '../../../src/graph/decode/live-rows.ts';
import { pickRows } from '../../../src/ops/host-tensor.ts';

const PROMPTS = 3;
const COMPLETIONS = 5;
const ALL = PROMPTS * COMPLETIONS;
const ended = (...rows: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: ALL }, (_, row) => Number(rows.includes(row)));

describe('completions that ended', () => {
  const all = allRows(PROMPTS, COMPLETIONS);

  test('leave as far as every prompt can spare one', () => {
    expect(withoutEnded(all, ended())).toBeUndefined();
    expect(withoutEnded(all, ended(0, 1, 5))).toBeUndefined();
    const { live, places } = withoutEnded(all, ended(0, 1, 5, 12, 13, 14))!;
    expect(live).toEqual({ completions: 4, rows: [0, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13] });
    expect(places).toEqual(live.rows);
    const later = withoutEnded(live, ended(0, 1, 2, 5, 6, 8, 10, 11, 12, 13, 14))!;
    expect(later.live).toEqual({ completions: 2, rows: [3, 4, 7, 9, 10, 11] });
    expect(later.places.map((place) => live.rows[place])).toEqual(later.live.rows);
  });

  test('leave one row of each prompt when all have ended', () => {
    const { live } = withoutEnded(all, ended(...all.rows))!;
    expect(live).toEqual({ completions: 1, rows: [0, 5, 10] });
  });

  test('never take one along that goes on, in any order of endings', () => {
    const random = randomStream(4);
    for (let run = 0; run < 50; run++) {
      let live: LiveRows = all;
      const finished = new Uint8Array(ALL);
      for (let step = 0; step < 6; step++) {
        for (let row = 0; row < ALL; row++) if (random() < 0.3) finished[row] = 1;
        live = withoutEnded(live, finished)?.live ?? live;
        for (let row = 0; row < ALL; row++) if (!finished[row]) expect(live.rows).toContain(row);
        expect(live.rows).toHaveLength(PROMPTS * live.completions);
        live.rows.forEach((row, at) =>
          expect(Math.floor(row / COMPLETIONS)).toBe(Math.floor(at / live.completions)),
        );
      }
    }
  });
});

describe('numbers of rows', () => {
  const { live, places } = withoutEnded(allRows(PROMPTS, COMPLETIONS), ended(1, 2, 5, 9, 12, 14))!;

  test('in caches lie head by head', () => {
    const kvHeads = 2;
    const name = (head: number, row: number) =>
      `prompt ${Math.floor(row / COMPLETIONS)} head ${head} row ${row}`;
    const cache = (rows: readonly number[], completions: number) =>
      Array.from({ length: PROMPTS * kvHeads * completions }, (_, at) => {
        const prompt = Math.floor(at / completions / kvHeads);
        const head = Math.floor(at / completions) % kvHeads;
        return name(head, rows[prompt * completions + (at % completions)]!);
      });
    const before = cache(allRows(PROMPTS, COMPLETIONS).rows, COMPLETIONS);
    const from = cachePlaces(places, COMPLETIONS, live.completions, { kvHeads });
    expect(from.map((at) => before[at])).toEqual(cache(live.rows, live.completions));
  });

  test('of several steps come back to their places, and those of the others are zero', () => {
    const steps = 2;
    const data = Float32Array.from({ length: steps * ALL }, (_, at) => at + 1);
    const taken = pickRows(data, 1, takenFrom(live, ALL, steps));
    expect(taken).toHaveLength(steps * live.rows.length);
    const given = pickRows(taken, 1, givenFrom(live, ALL, steps));
    expect([...given]).toEqual(
      [...data].map((value, at) => (live.rows.includes(at % ALL) ? value : 0)),
    );
  });
});
