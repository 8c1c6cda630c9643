/** Starts commands two at a time on one folder, one cache and one set of rooms: no file may be mixed, and nobody ends as if all were well. */
import { existsSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { endOf } from './base/command.ts';
import type { EndedCommand, RunningCommand } from './base/command.ts';
import { compareWithWhole, failure } from './base/go-on.ts';
import { sleep, wholeBetween } from './base/random.ts';
import { CONFIG_FILE, STEPS } from './base/workplace.ts';
import { compareEvaluations } from './compare/evaluations.ts';
import { leftoversIn } from './compare/leftovers.ts';
import { compareMetrics } from './compare/runs.ts';
import type { Drill, DrillContext, Round } from './base/drill.ts';
import { answerWell } from './servers/answers.ts';
import { startChatServer } from './servers/chat-server.ts';
import type { ChatServer } from './servers/chat-server.ts';
import { keptAnswers } from './servers/kept-answers.ts';
import { remotePolicy } from './servers/remote-policy.ts';

const ITEMS = 8;
/** The second of two starts so much later at most, in ms. */
const APART_MS = 300;

/** See the head of this file. */
export const twoWriters: Drill = {
  name: 'two-writers',
  title: 'two commands at once want one run, one evaluation, one cache of answers, the same rooms',
  async run(context) {
    const whole = await context.workplace.whole();
    await context.eachRound(async (round) => {
      await resumeTwice(context, round, whole.folder);
      await evaluateTwice(context, round);
      await shareAnswers(context, round);
      await makeRoomsTwice(context, round, whole.folder);
    });
  },
};

/** Both commands, the second a moment after the first. */
async function startBoth(
  { loci, workplace, count }: DrillContext,
  { random }: Round,
  first: readonly string[],
  second: readonly string[] = first,
): Promise<readonly [RunningCommand, RunningCommand]> {
  const one = loci(workplace.folder, first);
  await sleep(random() * APART_MS);
  count('pairs');
  return [one, loci(workplace.folder, second)];
}

/** Of two commands that want one folder, one continues and the other gets an error that names the first. */
async function expectOneRefused(
  { expect }: DrillContext,
  pair: readonly [RunningCommand, RunningCommand],
): Promise<void> {
  const ends = await Promise.all(pair.map(({ ended }) => ended));
  const codes = ends.map(({ code }) => code).join(' and ');
  expect(
    'of two commands that write one folder exactly one continues',
    ['0 and 1', '1 and 0'].includes(codes)
      ? undefined
      : `they ended with ${ends.map(endOf).join('; ')}`,
  );
  const winner = ends.findIndex(({ code }) => code === 0);
  const refused = ends.find(({ code }) => code === 1);
  const named = `process ${pair[winner]?.pid} on ${hostname()}, since 2`;
  expect(
    'the other is refused, with process, host and time of the one that continues',
    refused?.stderr.startsWith('error folder-in-use: ') && refused.stderr.includes(named)
      ? undefined
      : `it got ${refused === undefined ? 'no error' : endOf(refused)}, and not "${named}…"`,
  );
}

async function resumeTwice(context: DrillContext, round: Round, whole: string): Promise<void> {
  const { loci, workplace, say } = context;
  const run = join(round.folder, 'run');
  const step = wholeBetween(round.random, 1, STEPS - 2);
  const begun = loci(workplace.folder, workplace.train(run));
  await begun.sees(new RegExp(`^checkpoint of step ${step}:`, 'm'));
  begun.send('SIGKILL');
  await begun.ended;
  await expectOneRefused(context, await startBoth(context, round, ['train', '--resume', run]));
  compareWithWhole(context, run, whole);
  say(`round ${round.number}: one run was resumed twice`);
}

function asking(out: string, ...more: readonly string[]): readonly string[] {
  const words = ['evaluate', '--config', CONFIG_FILE, '--items', String(ITEMS), '--out', out];
  return [...words, '--set', 'evaluate.batchSize=1', ...more];
}

/** A server's answers take so long that the first of two evaluations still asks when the second begins, however fast the machine. */
async function evaluateTwice(context: DrillContext, round: Round): Promise<void> {
  const { loci, workplace, expect, say } = context;
  await withServer(150, async ({ baseUrl }) => {
    const askingInto = (name: string): readonly string[] => {
      const cache = join(round.folder, `${name}-answers`);
      const policy = remotePolicy({ baseUrl, cache, concurrency: 1 });
      return asking(join(round.folder, name), ...policy);
    };
    const alone = await loci(workplace.folder, askingInto('alone')).ended;
    expect('a command alone succeeds', failure(alone));
    await expectOneRefused(context, await startBoth(context, round, askingInto('both')));
    compare(context, join(round.folder, 'both'), join(round.folder, 'alone'));
    say(`round ${round.number}: one folder was evaluated into twice`);
  });
}

/** Calls `work` with a server that answers well. @param delay of each answer, in ms. */
async function withServer(
  delay: number,
  work: (server: ChatServer) => Promise<void>,
): Promise<void> {
  const server = await startChatServer((request, response) =>
    setTimeout(() => answerWell(request, response), delay),
  );
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

function compare({ expect, count }: DrillContext, out: string, alone: string): void {
  const comparison = compareEvaluations(out, alone);
  for (const [promise, found] of Object.entries(comparison)) expect(promise, found);
  expect('nothing half-written, unfinished or locked is left', leftoversIn(out));
  count('evaluations compared');
}

/** A cache of answers may be shared: both go on, and every kept answer is whole. */
async function shareAnswers(context: DrillContext, round: Round): Promise<void> {
  const { expect, say } = context;
  await withServer(50, async ({ baseUrl, requests }) => {
    const cache = join(round.folder, 'answers');
    const policy = remotePolicy({ baseUrl, cache, concurrency: 2 });
    const [one, two] = [join(round.folder, 'one'), join(round.folder, 'two')];
    const pair = await startBoth(context, round, asking(one, ...policy), asking(two, ...policy));
    expectBothSucceed(context, await Promise.all(pair.map(({ ended }) => ended)));
    compare(context, one, two);
    expect('no half answer of a server is kept', leftoversIn(cache));
    const kept = keptAnswers(cache);
    const asked = new Set(requests.map(({ answer }) => `<answer>${answer}</answer>`));
    const isRight = kept.length === asked.size && kept.every((answer) => asked.has(answer));
    expect(
      'each answer is kept once, and whole',
      isRight ? undefined : `${kept.length} are kept of ${asked.size}`,
    );
    say(`round ${round.number}: two evaluations shared their answers`);
  });
}

function expectBothSucceed({ expect }: DrillContext, ends: readonly EndedCommand[]): void {
  for (const ended of ends) expect('commands that may share a folder both succeed', failure(ended));
}

/** Rooms that nobody has made yet are made by one of two; the other waits. */
async function makeRoomsTwice(context: DrillContext, round: Round, whole: string): Promise<void> {
  const { workplace, expect, say } = context;
  const rooms = join(round.folder, 'rooms');
  const training = (run: string) => [
    ...workplace.train(join(round.folder, run)),
    ...['--set', `dataset.folder=${rooms}`],
  ];
  const pair = await startBoth(context, round, training('left'), training('right'));
  expectBothSucceed(context, await Promise.all(pair.map(({ ended }) => ended)));
  for (const run of ['left', 'right']) {
    const path = join(round.folder, run, 'metrics.jsonl');
    expect(
      'rooms that two commands wanted at once train as any others',
      existsSync(path) ? compareMetrics(path, join(whole, 'metrics.jsonl')) : `no ${path}`,
    );
  }
  const left = existsSync(rooms)
    ? readdirSync(rooms).filter((name) => /writer-|\.tmp$|\.old$/.test(name))
    : [];
  expect('no lock and no half-made room is left', left.length === 0 ? undefined : left.join(', '));
  say(`round ${round.number}: two trainings wanted the same new rooms`);
}
