/** Kills a training at random moments, again and again, and compares the finished run with an undisturbed one. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomStream } from '@loci/core';
import type { RunningCommand } from './base/command.ts';
import { compareWithWhole, failure, goOn } from './base/go-on.ts';
import { oneOf, sleep, wholeBetween } from './base/random.ts';
import { STEPS } from './base/workplace.ts';
import { fingerprint } from './compare/fingerprint.ts';
import type { Drill, DrillContext } from './base/drill.ts';

/** Kills of one round: the first of the new run, the others of what resumes it. */
const KILLS = [3, 5] as const;

/** See the head of this file. */
export const killTraining: Drill = {
  name: 'kill-training',
  title: 'a training is killed at random moments, resumed, and killed again',
  async run(context) {
    const { workplace, loci, eachRound, expect, count, say } = context;
    const whole = await workplace.whole();
    await eachRound(async ({ number, random, folder }) => {
      const run = join(folder, 'run');
      const kills = wholeBetween(random, ...KILLS);
      for (let kill = 1; kill <= kills; kill++) {
        const command = loci(workplace.folder, goOn(context, run));
        const moment = await killAtRandom(command, random, {
          wholeMs: whole.milliseconds,
          done: stepsDone(run),
        });
        const ended = await command.ended;
        if (ended.signal === 'SIGKILL' && !ended.timedOut) {
          count('kills');
          say(`round ${number}: kill ${kill} of ${kills}, ${moment}`);
          continue;
        }
        expect('a run that is resumed after a kill comes to its end', failure(ended));
        break;
      }
      expect(
        'a run that is resumed after a kill comes to its end',
        failure(await loci(workplace.folder, goOn(context, run)).ended),
      );
      compareWithWhole(context, run, whole.folder);
      if (random() < 0.5) await resumeFinished(context, run);
    });
  },
};

/** Kills after a random time, or shortly after a random line. @returns What was chosen, in words. */
async function killAtRandom(
  command: RunningCommand,
  random: RandomStream,
  { wholeMs, done }: { readonly wholeMs: number; readonly done: number | undefined },
): Promise<string> {
  if (random() < 0.35) {
    const ms = Math.round(random() * wholeMs * (1 - (done ?? 0) / STEPS));
    await Promise.race([sleep(ms), command.ended]);
    command.send('SIGKILL');
    return `${ms} ms after its start`;
  }
  const mark = oneOf(random, marksAfter(done));
  const ms = Math.round(random() * 150);
  await Promise.race([
    command.sees(new RegExp(`^${mark}`, 'm')).then(() => sleep(ms)),
    command.ended,
  ]);
  command.send('SIGKILL');
  return `${ms} ms after "${mark}"`;
}

/** Lines after which a run writes: a checkpoint after each step, the report after the last evaluation. @param done step that it resumes from. */
function marksAfter(done: number | undefined): readonly string[] {
  const next = (done ?? 0) + 1;
  const steps = [next, next, next + 1, next + 2].filter((step) => step <= STEPS);
  return [
    ...(done === undefined ? ['run folder', 'evaluation before'] : []),
    ...steps.map((step) => `step ${step}/`),
    ...(next + 2 > STEPS ? ['evaluation after'] : []),
  ];
}

/** Step of the newest whole checkpoint; undefined before the first. */
function stepsDone(run: string): number | undefined {
  const folder = join(run, 'checkpoints');
  const steps = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => existsSync(join(folder, name, 'trainer-state.json')))
    .map((name) => Number(/^step-(\d+)$/.exec(name)?.[1] ?? 0));
  return steps.length === 0 ? undefined : Math.max(...steps);
}

/** Resumes a run that has come to its end: nothing is asked and nothing written again. */
async function resumeFinished({ loci, workplace, expect }: DrillContext, run: string) {
  const before = fingerprint(run);
  const ended = await loci(workplace.folder, ['train', '--resume', run]).ended;
  expect('a finished run can be resumed', failure(ended));
  expect(
    'resuming a finished run changes neither metrics, rollouts, evaluations nor checkpoints',
    before === fingerprint(run) ? undefined : 'their files are others than before',
  );
}
