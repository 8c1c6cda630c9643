/** A second writer, and a disk that is full: a training refuses the one and survives the other. */
import { join } from 'node:path';
import { lastWords, prints, run, start } from './drill.ts';
import type { Drill, Findings } from './drill.ts';
import { beginning, differences, goingOn, undisturbed } from './small-run.ts';

/** Two more processes want to write to a run that goes on. */
export async function twoWriters({ place, rounds, say }: Drill): Promise<Findings> {
  const reference = await undisturbed(place);
  const faults: string[] = [];
  let refused = 0;
  for (let round = 1; round <= rounds; round++) {
    const folder = `shared-${round}`;
    const first = start(place, beginning(folder));
    await prints(first, /^checkpoint of step 1/mu);
    const others = await Promise.all([0, 1].map(() => run(place, ['train', '--resume', folder])));
    for (const other of others) {
      if (other.code === 1 && other.said.includes('folder-in-use')) refused++;
      else faults.push(`a second writer was not refused, ${lastWords(other)}`);
    }
    const ended = await first.ended;
    if (ended.code !== 0) faults.push(`the first writer ended ${lastWords(ended)}`);
    for (const difference of differences(join(place, folder), reference.folder)) {
      faults.push(`run ${round}: ${difference}`);
    }
    say(`two writers, run ${round} of ${rounds}`);
  }
  return { figures: [`${refused} of ${2 * rounds} second writers refused`], faults };
}

/** The largest file that a training may write here: what it logs passes, and a checkpoint does not. */
const LEAST_BLOCKS = 16;
const MOST_BLOCKS = 4096;

/** No file may grow beyond a random size, until the training is resumed without that limit. */
export async function fullDisk({ place, random, rounds, say }: Drill): Promise<Findings> {
  if (process.platform === 'win32') {
    return { figures: ['not run: sizes of files are limited by bash'], faults: [] };
  }
  const reference = await undisturbed(place);
  const faults: string[] = [];
  let stopped = 0;
  for (let round = 1; round <= rounds; round++) {
    const folder = `full-${round}`;
    const blocks = LEAST_BLOCKS + Math.floor(random() * (MOST_BLOCKS - LEAST_BLOCKS));
    const limited = await run(place, beginning(folder), blocks);
    if (limited.code === 1 && /^error (?:disk-full|not-writable): /mu.test(limited.said)) stopped++;
    else if (limited.code !== 0) {
      faults.push(`with files of ${blocks} KiB at most it ended ${lastWords(limited)}`);
    }
    const ended = await run(place, goingOn(place, folder));
    if (ended.code !== 0) faults.push(`run ${round} could not be resumed, ${lastWords(ended)}`);
    for (const difference of differences(join(place, folder), reference.folder)) {
      faults.push(`run ${round}: ${difference}`);
    }
    say(`full disk, run ${round} of ${rounds}: files of ${blocks} KiB at most`);
  }
  return { figures: [`${stopped} of ${rounds} trainings stopped by it, all resumed`], faults };
}
