/** A whole drill against a stand-in of the command line: it finds nothing where nothing is wrong; `planted-faults.slow.ts` has the faults. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { killTraining } from '../../src/drill/kill-training.ts';
import { runDrills } from '../../src/drill/run-drills.ts';
import { drill } from './drill-fake.ts';

jest.setTimeout(120_000);

test('a command line that keeps its promises breaks none, and nothing of the rounds is left', async () => {
  const { result, folder } = await drill(undefined, 1);
  expect(result.broken).toEqual([]);
  expect(result.rounds).toBe(1);
  expect(result.counts['kills']).toBeGreaterThan(0);
  expect(result.counts['runs compared']).toBe(1);
  expect(result.checks).toBeGreaterThanOrEqual(8);
  expect(readdirSync(folder)).toEqual(['workplace']);
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
