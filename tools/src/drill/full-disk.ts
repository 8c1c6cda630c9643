/**
 * Makes the disk full while Loci writes: by a limit on the size of a file (`ulimit -f`), and on a small disk in memory (tmpfs, in a mount
 * namespace of its own) where this machine allows one. Then there is space again, and the work must continue as if nothing had happened.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomStream } from '@loci/core';
import { endOf } from './base/command.ts';
import type { EndedCommand } from './base/command.ts';
import { compareWithWhole, failure, goOn } from './base/go-on.ts';
import { wholeBetween } from './base/random.ts';
import { CONFIG_FILE } from './base/workplace.ts';
import { compareEvaluations } from './compare/evaluations.ts';
import { leftoversIn } from './compare/leftovers.ts';
import { SMALL_DISK, obstacleToDisks } from './disk/small-disk.ts';
import type { Drill, DrillContext, Round } from './base/drill.ts';

const ITEMS = 10;
const NAMES_FILE =
  'a command that runs out of space ends with an error that names the file and what to do';

/** See the head of this file. */
export const fullDisk: Drill = {
  name: 'full-disk',
  title:
    'files reach their largest size and disks fill up in the middle of a training and an evaluation',
  async run(context) {
    // Not switched off: the table of the drill names what this machine could not try, with the reason.
    if (process.platform === 'win32') {
      context.skip('Windows has neither ulimit nor tmpfs');
      return;
    }
    const whole = await context.workplace.whole();
    const obstacle = await obstacleToDisks(context.workplace.folder);
    if (obstacle !== undefined) {
      context.skip(`no small disk can be mounted (${obstacle}); ulimit -f alone is tried`);
    }
    await context.eachRound(async (round) => {
      await limitTraining(context, round, whole.folder);
      await limitEvaluation(context, round);
      if (obstacle === undefined) await fillDisk(context, round, whole.folder);
    });
  },
};

/** Kibibytes: now and then less than the smallest files need, else less than a checkpoint. */
function sizeKiB(
  random: RandomStream,
  small: readonly [number, number],
  large: readonly [number, number],
) {
  return random() < 0.4 ? wholeBetween(random, ...small) : wholeBetween(random, ...large);
}

function expectNamed({ expect, count }: DrillContext, stderr: string, folder: string, end: string) {
  count('times out of space');
  const isNamed = /^error (?:disk-full|not-writable): /m.test(stderr) && stderr.includes(folder);
  const isHelpful = /\b(?:free|raise)\b.*\b(?:resume|go on|again)/i.test(stderr);
  expect(NAMES_FILE, isNamed && isHelpful ? undefined : end);
}

async function limitTraining(context: DrillContext, round: Round, whole: string): Promise<void> {
  const { loci, workplace, expect, say } = context;
  const run = join(round.folder, 'limited');
  const limit = sizeKiB(round.random, [1, 12], [13, 9000]);
  const ended = await loci(workplace.folder, workplace.train(run), {
    script: `ulimit -f ${limit}; exec "$@"`,
  }).ended;
  say(`round ${round.number}: files of at most ${limit} KiB: ${endOf(ended).slice(0, 160)}`);
  if (ended.code !== 0) expectNamed(context, ended.stderr, run, endOf(ended));
  expectFolderOrNone(context, run);
  expect(
    'a training that ran out of space goes on once there is some',
    failure(await loci(workplace.folder, goOn(context, run)).ended),
  );
  compareWithWhole(context, run, whole);
}

/** A start that fails leaves no folder: what is there can be resumed. */
function expectFolderOrNone({ expect }: DrillContext, run: string): void {
  expect(
    'a start that fails leaves no folder',
    existsSync(run) && !existsSync(join(run, 'config.yaml')) ? `${run} is there` : undefined,
  );
}

async function limitEvaluation(context: DrillContext, { number, random, folder }: Round) {
  const { loci, workplace, expect, say } = context;
  const asking = (out: string) => [
    ...['evaluate', '--config', CONFIG_FILE, '--items', String(ITEMS), '--out', out],
    ...['--set', 'evaluate.batchSize=1'],
  ];
  const [out, alone] = [join(folder, 'evaluated'), join(folder, 'alone')];
  const limit = wholeBetween(random, 2, 8);
  const script = `ulimit -f ${limit}; exec "$@"`;
  const ended = await loci(workplace.folder, asking(out), { script }).ended;
  say(`round ${number}: the same while evaluating, ${limit} KiB: ${endOf(ended).slice(0, 160)}`);
  if (ended.code !== 0) expectNamed(context, ended.stderr, out, endOf(ended));
  const again = await loci(workplace.folder, asking(out)).ended;
  expect('an evaluation that ran out of space goes on once there is some', failure(again));
  expect('a command alone succeeds', failure(await loci(workplace.folder, asking(alone)).ended));
  for (const [promise, found] of Object.entries(compareEvaluations(out, alone))) {
    expect(promise, found);
  }
  expect('nothing half-written, unfinished or locked is left', leftoversIn(out));
  context.count('evaluations compared');
}

/** A training on a small disk, which is then made larger. */
async function fillDisk(context: DrillContext, round: Round, whole: string): Promise<void> {
  const { loci, workplace, expect, say } = context;
  const size = sizeKiB(round.random, [24, 96], [1000, 36_000]);
  const disk = join(round.folder, 'disk');
  const run = join(disk, 'run');
  const environment = { DRILL_DISK: disk, DRILL_KIB: String(size), DRILL_OUT: round.folder };
  const ended: EndedCommand = await loci(workplace.folder, workplace.train(run), {
    script: SMALL_DISK,
    environment,
  }).ended;
  const textOf = (name: string): string => {
    const path = join(round.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  };
  const [code, stderr] = [textOf('first.code'), textOf('first.err')];
  say(`round ${round.number}: a disk of ${size} KiB: code ${code}: ${stderr.slice(0, 160)}`);
  if (code !== '0') expectNamed(context, stderr, run, `code ${code}: ${stderr}`);
  expect(
    'a start that fails leaves no folder',
    textOf('first.left') === 'half' ? `${run} was there without a config` : undefined,
  );
  expect('a training that ran out of space goes on once there is some', failure(ended));
  compareWithWhole(context, join(round.folder, 'copied'), whole);
}
