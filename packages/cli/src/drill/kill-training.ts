/** Training is killed at random moments and resumed; it must end as if nobody had touched it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lastWords, run, runAndKill } from './drill.ts';
import type { Drill, Findings } from './drill.ts';
import { STEPS, differences, goingOn, undisturbed } from './small-run.ts';

/** Kills of one run, before it is left to end. */
const KILLS = 4;

/** One run a round. */
export async function killTraining({ place, random, rounds, say }: Drill): Promise<Findings> {
  const reference = await undisturbed(place);
  const faults: string[] = [];
  let kills = 0;
  for (let round = 1; round <= rounds; round++) {
    const folder = `killed-${round}`;
    const moments: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const afterMs = Math.round(random() * reference.ms);
      const ended = await runAndKill(place, goingOn(place, folder), afterMs);
      if (ended.signal === 'SIGKILL') {
        kills++;
        moments.push(`${(afterMs / 1000).toFixed(1)} s`);
      } else if (ended.code !== 0) {
        faults.push(`run ${round} ended by itself, ${lastWords(ended)}`);
      }
    }
    say(`training ${round} of ${rounds}: killed after ${moments.join(', ')}`);
    const ended = await run(place, goingOn(place, folder));
    if (ended.code !== 0) faults.push(`run ${round} could not be resumed, ${lastWords(ended)}`);
    else if (!existsSync(join(place, folder))) faults.push(`run ${round} is gone`);
    for (const difference of differences(join(place, folder), reference.folder)) {
      faults.push(`run ${round}: ${difference}`);
    }
  }
  return {
    figures: [`${kills} kills of ${rounds} trainings of ${STEPS} steps, all resumed and compared`],
    faults,
  };
}
