/** Ends trainings and an evaluation by every signal that can be caught, and by a closed pipe, and continues from what they wrote. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomStream } from '@loci/core';
import { endOf } from './base/command.ts';
import type { EndedCommand } from './base/command.ts';
import { compareWithWhole, failure } from './base/go-on.ts';
import { oneOf, sleep, wholeBetween } from './base/random.ts';
import { CONFIG_FILE, STEPS } from './base/workplace.ts';
import { compareEvaluations, keptLines } from './compare/evaluations.ts';
import { leftoversIn } from './compare/leftovers.ts';
import type { Drill, DrillContext, Round } from './base/drill.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** Items of the evaluation that is stopped. */
const ITEMS = 10;
/** Reads so many lines of the output and leaves; the exit code is that of Loci. */
const THROUGH_HEAD = (lines: number): string => `"$@" | head -n ${lines}; exit \${PIPESTATUS[0]}`;

/** See the head of this file. */
export const signals: Drill = {
  name: 'signals',
  title: 'INT, TERM, HUP, QUIT and a closed pipe end trainings, and one of them an evaluation',
  async run(context) {
    const whole = await context.workplace.whole();
    await context.eachRound(async (round) => {
      for (const signal of SIGNALS) {
        await signalTraining(context, round, signal, whole.folder);
      }
      await closePipe(context, round, whole.folder);
      await signalEvaluation(context, round);
    });
  },
};

async function signalTraining(
  context: DrillContext,
  { number, random, folder }: Round,
  signal: NodeJS.Signals,
  whole: string,
): Promise<void> {
  const { loci, workplace, expect, count, say } = context;
  const run = join(folder, signal);
  const command = loci(workplace.folder, workplace.train(run));
  const mark = momentOf(random);
  await command.sees(mark.after);
  await sleep(mark.ms);
  command.send(signal);
  const ended = await command.ended;
  say(`round ${number}: ${signal} ${mark.ms} ms after ${mark.words}`);
  count('signals');
  const isDone = /^finished after step/m.test(ended.stdout);
  expect(`${signal} ends a training with exit code 0 and no error`, troubleOf(ended));
  expect(
    'a training that is stopped says so, and that it writes a checkpoint',
    isDone || /^stopping: writing a checkpoint/m.test(ended.stdout) ? undefined : endOf(ended),
  );
  await goOnFrom(context, run, whole, isDone);
}

/** While rooms and model load, after a step, or between two. */
function momentOf(random: RandomStream): {
  readonly after: RegExp;
  readonly words: string;
  readonly ms: number;
} {
  const ms = Math.round(random() * 800);
  if (random() < 0.25) return { after: /^run folder /m, words: 'the name of the folder', ms };
  const step = wholeBetween(random, 1, STEPS - 3);
  return { after: new RegExp(`^step ${step}/`, 'm'), words: `step ${step}`, ms };
}

function troubleOf(ended: EndedCommand): string | undefined {
  return ended.code === 0 && ended.stderr === '' ? undefined : endOf(ended);
}

/** Checks what a stopped training wrote, resumes it, and compares. */
async function goOnFrom(
  context: DrillContext,
  run: string,
  whole: string,
  isDone: boolean,
): Promise<void> {
  const { loci, workplace, expect } = context;
  const checkpoints = join(run, 'checkpoints');
  const names = existsSync(checkpoints) ? readdirSync(checkpoints) : [];
  expect(
    'a training that is stopped leaves a checkpoint',
    names.length > 0 ? undefined : `${checkpoints} holds none`,
  );
  expect('nothing half-written, unfinished or locked is left', leftoversIn(run));
  if (!isDone) {
    const resumed = await loci(workplace.folder, ['train', '--resume', run]).ended;
    expect('a training that was stopped can be resumed to its end', failure(resumed));
  }
  compareWithWhole(context, run, whole);
}

async function closePipe(
  context: DrillContext,
  { number, random, folder }: Round,
  whole: string,
): Promise<void> {
  const { loci, workplace, expect, count, say } = context;
  const run = join(folder, 'piped');
  const lines = wholeBetween(random, 2, 6);
  const ended = await loci(workplace.folder, workplace.train(run), {
    script: THROUGH_HEAD(lines),
  }).ended;
  count('closed pipes');
  say(`round ${number}: the output is closed after ${lines} lines`);
  expect('a closed pipe ends a training with exit code 0', failure(ended));
  expect(
    'a training whose output is closed says so on standard error',
    /^stopping, as nobody reads the output any more: writing a checkpoint/m.test(ended.stderr)
      ? undefined
      : endOf(ended),
  );
  await goOnFrom(context, run, whole, /^finished after step/m.test(ended.stderr));
}

async function signalEvaluation(
  { loci, workplace, expect, count, say }: DrillContext,
  { number, random, folder }: Round,
): Promise<void> {
  const words = (out: string) => [
    ...['evaluate', '--config', CONFIG_FILE, '--items', String(ITEMS)],
    ...['--set', 'evaluate.batchSize=1', '--out', join(folder, out)],
  ];
  const signal = oneOf(random, SIGNALS);
  const command = loci(workplace.folder, words('stopped'));
  const asked = wholeBetween(random, 1, ITEMS - 5);
  await command.sees(new RegExp(`^asked ${asked}/`, 'm'));
  command.send(signal);
  const ended = await command.ended;
  count('signals');
  say(`round ${number}: ${signal} after ${asked} questions`);
  expect(
    'an evaluation that is stopped ends with exit code 1 and names the folder of its answers',
    ended.code === 1 && ended.stderr.startsWith(`error stopped: `) && ended.stderr.includes(folder)
      ? undefined
      : endOf(ended),
  );
  const kept = keptLines(join(folder, 'stopped'));
  expect(
    'the whole evaluation succeeds',
    failure(await loci(workplace.folder, words('whole')).ended),
  );
  const again = await loci(workplace.folder, words('stopped')).ended;
  expect('an evaluation that was stopped goes on to its end', failure(again));
  const comparison = compareEvaluations(join(folder, 'stopped'), join(folder, 'whole'));
  for (const [promise, found] of Object.entries(comparison)) expect(promise, found);
  const text = readFileSync(join(folder, 'stopped/predictions.jsonl'), 'utf8');
  expect(
    'answers that a stopped evaluation kept stay as they are',
    text.startsWith(kept.map((line) => `${line}\n`).join(''))
      ? undefined
      : 'its first lines differ',
  );
  count('evaluations compared');
}
