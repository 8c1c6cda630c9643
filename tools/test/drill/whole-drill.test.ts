/** A whole drill against a stand-in of the command line: it finds nothing where nothing is wrong, and each fault that is planted. */
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { killTraining } from '../../src/drill/kill-training.ts';
import { runDrills } from '../../src/drill/run-drills.ts';

jest.setTimeout(120_000);

const MAIN = join(import.meta.dirname, 'fake-loci.mjs');

afterEach(() => {
  delete process.env['LOCI_FAKE_FAULT'];
});

async function drill(fault: string | undefined, rounds: number, keep = false) {
  if (fault !== undefined) process.env['LOCI_FAKE_FAULT'] = fault;
  const folder = mkdtempSync(join(tmpdir(), 'loci-drill-test-'));
  const said: string[] = [];
  const [result] = await runDrills({
    ...{ drills: [killTraining], length: { rounds }, seed: 7, main: MAIN, folder, keep },
    say: (line) => said.push(line),
  });
  return { result: result!, folder, said };
}

test('a command line that keeps its promises breaks none, and nothing of the rounds is left', async () => {
  const { result, folder } = await drill(undefined, 1);
  expect(result.broken).toEqual([]);
  expect(result.rounds).toBe(1);
  expect(result.counts['kills']).toBeGreaterThan(0);
  expect(result.counts['runs compared']).toBe(1);
  expect(result.checks).toBeGreaterThanOrEqual(8);
  expect(readdirSync(folder)).toEqual(['workplace']);
});

test.each([
  ['metric', /metrics of an uninterrupted one/, /^step \d: loss\/total is [\d.]+ and was [\d.]+$/],
  ['leftover', /nothing half-written/, /metrics\.jsonl\.tmp/],
])('a planted fault is found: %s', async (fault, promise, found) => {
  const { result, said } = await drill(fault, 2, true);
  const broken = result.broken.find((one) => promise.test(one.promise));
  expect(broken).toMatchObject({
    found: expect.stringMatching(found),
    round: expect.any(Number),
  });
  expect(existsSync(join(broken!.folder!, 'run/metrics.jsonl'))).toBe(true);
  expect(said.some((line) => line.startsWith('kill-training: BROKEN: '))).toBe(true);
});

test('a drill that cannot even begin is a broken promise', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-drill-test-'));
  const [result] = await runDrills({
    ...{ drills: [killTraining], length: { rounds: 1 }, seed: 7, folder, keep: false },
    ...{ main: join(folder, 'none.js'), say: () => undefined },
  });
  expect(result!.broken).toMatchObject([
    { promise: 'a drill comes to its end', found: expect.stringContaining('code 1') },
  ]);
});
