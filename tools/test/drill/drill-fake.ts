/** Drills the stand-in of the command line. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killTraining } from '../../src/drill/kill-training.ts';
import { runDrills } from '../../src/drill/run-drills.ts';

const MAIN = join(import.meta.dirname, 'fake-loci.mjs');

/** @param fault that the stand-in has, by its name in `fake-loci.mjs`; it stays in the environment for the caller to remove. */
export async function drill(fault: string | undefined, rounds: number, keep = false) {
  if (fault !== undefined) process.env['LOCI_FAKE_FAULT'] = fault;
  const folder = mkdtempSync(join(tmpdir(), 'loci-drill-test-'));
  const said: string[] = [];
  const [result] = await runDrills({
    ...{ drills: [killTraining], length: { rounds }, seed: 7, main: MAIN, folder, keep },
    say: (line) => said.push(line),
  });
  return { result: result!, folder, said };
}
