/** Parts of a drill: its choices, its length, its books, its table. */
import { describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import { Ledger } from '../../src/drill/base/ledger.ts';
import { oneOf, shuffled, wholeBetween } from '../../src/drill/base/random.ts';
import { budgetOf } from '../../src/drill/base/rounds.ts';
import { chosenDrills } from '../../src/drill/chosen.ts';
import { DRILLS } from '../../src/drill/drills.ts';
import { hostileBody } from '../../src/drill/requests/bodies.ts';
import { FAULTS, NO_FAULT, faultAt } from '../../src/drill/servers/faults.ts';
import { allHeld, reportText } from '../../src/drill/table.ts';
import type { DrillResult } from '../../src/drill/run-drills.ts';

describe('choices', () => {
  test('the same seed chooses the same, another one does not', () => {
    const choices = (seed: number) => {
      const random = randomStream(seed);
      return [
        wholeBetween(random, 3, 9),
        oneOf(random, ['a', 'b', 'c']),
        shuffled(random, [1, 2, 3]),
      ];
    };
    expect(choices(5)).toEqual(choices(5));
    const many = new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(choices(seed))));
    expect(many.size).toBeGreaterThan(5);
  });

  test('a whole number reaches both of its bounds and never leaves them', () => {
    const random = randomStream(1);
    const drawn = new Set(Array.from({ length: 300 }, () => wholeBetween(random, 2, 4)));
    expect([...drawn].sort()).toEqual([2, 3, 4]);
  });

  test('hostile bodies come from the seed, in more than one kind', () => {
    const bodies = (seed: number) => {
      const random = randomStream(seed);
      return Array.from({ length: 12 }, () => hostileBody(random));
    };
    expect(bodies(3)).toEqual(bodies(3));
    expect(new Set(bodies(3).map(({ kind }) => kind)).size).toBeGreaterThan(3);
  });

  test('every fault of a server is dealt to one question, and every other question has none', () => {
    const dealt = Array.from({ length: 2 * FAULTS.length + 4 }, (_, place) =>
      faultAt(FAULTS, { place } as never),
    );
    expect(dealt.filter((_, place) => place % 2 === 0)).toEqual(
      Array(FAULTS.length + 2).fill(NO_FAULT),
    );
    expect(dealt.filter((_, place) => place % 2 === 1).slice(0, FAULTS.length)).toEqual(FAULTS);
  });

  test('drills are chosen by name, in their own order; an unknown name lists those that there are', () => {
    expect(chosenDrills(undefined, DRILLS)).toBe(DRILLS);
    const chosen = chosenDrills('servers, kill-training', DRILLS);
    expect(chosen.map(({ name }) => name)).toEqual(['kill-training', 'servers']);
    expect(() => chosenDrills('server', DRILLS)).toThrow(/"server" is no drill.*two-writers/);
  });
});

describe('the length of a drill', () => {
  test('counts rounds', () => {
    const { allows } = budgetOf({ rounds: 2 }, 1, Infinity);
    expect([0, 1, 2].map((done) => allows(done))).toEqual([true, true, false]);
  });

  test('shares minutes, does at least one round, and begins none that would be half too late', () => {
    let now = 0;
    // Two drills are left for two minutes: one minute for this one.
    const { allows } = budgetOf({ minutes: 2 }, 2, 120_000, () => now);
    expect(allows(0)).toBe(true);
    now = 25_000;
    expect(allows(1)).toBe(true);
    now = 50_000;
    expect(allows(2)).toBe(false);
    now = 500_000;
    expect(budgetOf({ minutes: 2 }, 1, 120_000, () => now).allows(0)).toBe(true);
  });
});

const result = (broken: DrillResult['broken']): DrillResult => ({
  ...{ drill: 'servers', title: 'they lie', seconds: 12, rounds: 2, checks: 40, broken },
  counts: { 'faults met': 7, 'slowest answer, ms': 12 },
  skipped: ['no disk can be mounted'],
});
const frame = { date: '2026-11-29T08:00:00.000Z', seed: 4711, machine: 'linux' };

describe('what was found', () => {
  test('the ledger counts, keeps the largest, and tells a broken promise with its round', () => {
    const ledger = new Ledger();
    ledger.count('kills');
    ledger.count('kills', 2);
    ledger.most('ms', 5);
    ledger.most('ms', 3);
    ledger.begin(2, '/tmp/round-2');
    expect(ledger.expect('it holds', undefined)).toBe(true);
    expect(ledger.expect('it does not', 'a file')).toBe(false);
    ledger.end();
    expect([ledger.skip('no tmpfs'), ledger.skip('no tmpfs')]).toEqual([true, false]);
    expect(ledger.findings()).toEqual({
      ...{ rounds: 1, counts: { kills: 3, ms: 5 }, checks: 2, skipped: ['no tmpfs'] },
      broken: [{ promise: 'it does not', found: 'a file', round: 2, folder: '/tmp/round-2' }],
    });
  });

  test('the table has a line a drill, what was skipped, and the verdict', () => {
    const text = reportText({ ...frame, drills: [result([])] });
    expect(text).toContain('2026-11-29 08:00, seed 4711, linux');
    expect(text).toMatch(/^servers +2 +40 +0 +12 {2}7 faults met, slowest answer 12 ms$/m);
    expect(text).toContain('skipped: servers: no disk can be mounted');
    expect(text).toMatch(/every promise held$/);
  });

  test('a broken promise is told with what was found and how to see it again', () => {
    const drills = [result([{ promise: 'the key is in no file', found: 'a.json', round: 1 }])];
    expect(allHeld(drills)).toBe(false);
    const text = reportText({ ...frame, drills });
    expect(text).toContain('BROKEN: servers, round 1: the key is in no file\n  found: a.json');
    expect(text).toMatch(/1 promise was broken; --seed 4711 makes the same choices again$/);
  });
});
