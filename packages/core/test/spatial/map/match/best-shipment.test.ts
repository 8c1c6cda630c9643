import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bestAssignment } from '../../../../src/spatial/map/match/best-assignment.ts';
import { bestShipmentCredit } from '../../../../src/spatial/map/match/best-shipment.ts';

const credit = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 1, noNaN: true }));

const shipments = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
  .chain(([senders, takers]) => {
    const units = (length: number) =>
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: length, maxLength: length });
    return fc.record({
      credits: fc.array(fc.array(credit, { minLength: takers, maxLength: takers }), {
        minLength: senders,
        maxLength: senders,
      }),
      supplies: units(senders),
      rooms: units(takers),
    });
  });

const unitsOf = (counts: readonly number[]): readonly number[] =>
  counts.flatMap((count, index) => new Array<number>(count).fill(index));

test('units earn what the assignment of each by itself earns', () => {
  fc.assert(
    fc.property(shipments, (shipment) => {
      const [senders, takers] = [unitsOf(shipment.supplies), unitsOf(shipment.rooms)];
      const isTurned = senders.length > takers.length;
      const [rows, columns] = isTurned ? [takers, senders] : [senders, takers];
      const creditOf = (row: number, column: number): number =>
        isTurned ? shipment.credits[column]![row]! : shipment.credits[row]![column]!;
      const credits = Float64Array.from(
        rows.flatMap((row) => columns.map((column) => creditOf(row, column))),
      );
      const chosen = bestAssignment({ credits, rows: rows.length, columns: columns.length });
      const most = chosen.reduce(
        (sum, column, row) => sum + credits[row * columns.length + column]!,
        0,
      );
      expect(bestShipmentCredit(shipment)).toBeCloseTo(most, 9);
    }),
    { numRuns: 500 },
  );
});

test('a million units take no longer than a few', () => {
  const credits = [
    [1, 0.5],
    [0.9, 0.1],
  ];
  const million = 1_000_000;
  const shipped = bestShipmentCredit({
    credits,
    supplies: [million, million],
    rooms: [million, million],
  });
  expect(shipped).toBeCloseTo(1.4 * million, 3);
});
