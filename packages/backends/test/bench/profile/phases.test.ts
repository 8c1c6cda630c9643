import { expect, test } from '@jest/globals';
import type { WorkNote } from '../../../src/graph/engine/runtime-messages.ts';
import { phaseLines, phaseTable } from '../../../src/bench/profile/phase-table.ts';
import { costsOf, PHASES } from '../../../src/bench/profile/phases.ts';

const note = (kind: WorkNote['kind'], at: number, ms: number, rest: Partial<WorkNote> = {}) => ({
  ...{ kind, at, ms, libraryMs: 0, residentBytes: 0 },
  ...rest,
});

const MARKS = { at: [0, 100, 130, 190, 200], cpuMs: [0, 150, 200, 300, 310] };
const NOTES: readonly WorkNote[] = [
  note('run', -5, 5, { session: 9, fetches: ['tokens'] }),
  note('run', 1, 10, { session: 0, fetches: ['promptKey.0', 'logits'], libraryMs: 8 }),
  note('release', 12, 2),
  note('create', 14, 20),
  note('run', 35, 50, { session: 4, fetches: ['tokens', 'logProbs'], libraryMs: 49 }),
  note('delete', 90, 1),
  note('run', 101, 25, { session: 2, fetches: ['logProbs'], libraryMs: 24 }),
  note('run', 131, 55, { session: 3, fetches: ['loss'], libraryMs: 50 }),
  note('squares', 191, 1),
  note('adamw', 192, 6),
];

test('requests belong to the phase that they came in', () => {
  const costs = costsOf(NOTES, MARKS);
  expect([...costs.keys()]).toEqual([...PHASES]);
  expect(costs.get('prefill')).toMatchObject({ ms: 10, libraryMs: 8, copiesMs: 2, session: 0 });
  expect(costs.get('session rebuild')).toMatchObject({ ms: 22, libraryMs: 20, runs: 0 });
  expect(costs.get('decoding')).toMatchObject({ ms: 50, session: 4, runs: 1 });
  expect(costs.get('rest of sampling')).toMatchObject({ ms: 18, outsideMs: 17 });
  expect(costs.get('reference')).toMatchObject({ ms: 30, libraryMs: 24, outsideMs: 5, cpuMs: 50 });
  expect(costs.get('update')).toMatchObject({ ms: 10, copiesMs: 7, outsideMs: 3 });
});

test('the phases of a step add up to it', () => {
  const sum = [...costsOf(NOTES, MARKS).values()].reduce((total, { ms }) => total + ms, 0);
  expect(sum).toBe(200);
});

test('a line says what its floor leaves unexplained', () => {
  const gemm = {
    ...{ op: 'Gemm', ms: 30, inputs: [[10, 100], [100]], outputs: [[10, 100]] },
    bytes: { read: 0, written: 0 },
  };
  const rates = {
    products: new Map([['1×10×128×128 weights', 2e7]]),
    bandwidth: [{ bytes: 1e9, perSecond: 8e6 }],
    emptyNode: 1,
    emptyRun: 2,
  };
  const collected = {
    steps: [{ marks: MARKS, costs: costsOf(NOTES, MARKS) }],
    nodes: new Map([['decoding', [gemm]]] as const),
    parameters: 1000,
    description: 'ONNX',
  };
  const lines = phaseLines(collected, rates, { decoding: 8 });
  const decoding = lines.find(({ phase }) => phase === 'decoding')!;
  // 2·10·100·100 operations take 10 ms, a node 1 ms, a run 2 ms, copies 1 ms: 36 of 50 ms are left.
  expect(decoding).toMatchObject({ ms: 50, runs: 2, copies: 1, left: 36, tokens: 8 });
  const update = lines.find(({ phase }) => phase === 'update')!;
  expect(update.floor.bytes).toBeCloseTo(4);
  expect(update.left).toBeCloseTo(10 - 4 - 3);
  expect(phaseTable(lines).split('\n').at(-1)).toContain('| step | 200.0 |');
});
