/** Evaluates a model behind servers of our own that misbehave in every way known, question by question and as a whole. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { endOf } from './base/command.ts';
import type { EndedCommand } from './base/command.ts';
import { failure } from './base/go-on.ts';
import { shuffled } from './base/random.ts';
import { CONFIG_FILE } from './base/workplace.ts';
import { keptLines, keptRows } from './compare/evaluations.ts';
import { filesThatHold } from './compare/secrets.ts';
import type { Drill, DrillContext, Round } from './base/drill.ts';
import { answerWell } from './servers/answers.ts';
import { startChatServer } from './servers/chat-server.ts';
import type { ChatServer } from './servers/chat-server.ts';
import { FAULTS, faultAt, lasts } from './servers/faults.ts';
import type { Fault } from './servers/faults.ts';
import { keptAnswers } from './servers/kept-answers.ts';
import { KEY_VARIABLE, remotePolicy } from './servers/remote-policy.ts';
import { WHOLE_FAULTS } from './servers/whole-faults.ts';

/** Items of the rooms: enough that every second one meets a fault. */
const ITEMS = 2 * FAULTS.length + 2;
/** Time for an evaluation that meets every fault, in ms; alone it takes about 15 s. */
const LIMIT_MS = 180_000;

/** A terminal obeys these; a log that is no terminal gets none from Loci but line ends. */
const CONTROL = /.{0,40}[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

/** See the head of this file. */
export const servers: Drill = {
  name: 'servers',
  title: 'servers drop, hang, drip, never end, lie and echo the key, while an evaluation asks them',
  async run(context) {
    await context.workplace.whole();
    await context.eachRound(async (round) => {
      const key = `drill-${randomBytes(16).toString('hex')}`;
      const outputs = [
        ...(await meetEveryFault(context, round, key)),
        ...(await meetWholeFaults(context, round, key)),
      ];
      const isPrinted = outputs.some(({ stdout, stderr }) =>
        `${stdout}${stderr}`.includes(key.slice(0, 16)),
      );
      context.expect('the key is in no output', isPrinted ? 'a command printed it' : undefined);
      const controlled = outputs.find(({ stdout, stderr }) => CONTROL.test(`${stdout}${stderr}`));
      context.expect(
        'no control character of a server reaches the terminal',
        controlled && JSON.stringify(CONTROL.exec(`${controlled.stdout}${controlled.stderr}`)?.[0]),
      );
      context.expect('the key is in no file', filesThatHold(round.folder, key.slice(0, 16)));
    });
  },
};

interface Asking {
  readonly out: string;
  readonly cache: string;
  readonly key: string;
  readonly items: number;
}

/** Evaluates, with concurrency, and checks that it ends in time. */
async function evaluate(
  { loci, workplace, expect, most }: DrillContext,
  { baseUrl }: Pick<ChatServer, 'baseUrl'>,
  { out, cache, key, items }: Asking,
): Promise<EndedCommand> {
  const words = [
    ...['evaluate', '--config', CONFIG_FILE, '--items', String(items), '--out', out],
    ...remotePolicy({ baseUrl, cache, concurrency: 4, hasKey: true }),
  ];
  const options = { environment: { [KEY_VARIABLE]: key }, limitMs: LIMIT_MS };
  const ended = await loci(workplace.folder, words, options).ended;
  expect('an evaluation ends in bounded time', ended.timedOut ? endOf(ended) : undefined);
  most('longest evaluation, s', Math.round(ended.milliseconds / 1000));
  return ended;
}

/** One evaluation in which every second question meets a fault, then another in which the server has recovered. */
async function meetEveryFault(
  context: DrillContext,
  { number, random, folder }: Round,
  key: string,
): Promise<readonly EndedCommand[]> {
  const { expect, count, say } = context;
  const order = shuffled(random, FAULTS);
  let isWell = false;
  const server = await startChatServer((request, response) =>
    (isWell ? answerWell : faultAt(order, request).reply)(request, response),
  );
  const asking = { out: join(folder, 'mixed'), cache: join(folder, 'answers'), key, items: ITEMS };
  try {
    const mixed = await evaluate(context, server, asking);
    expect('an evaluation goes on past questions that fail', failure(mixed));
    const asked = new Map(server.requests.map((request) => [request.question, request]));
    const met = [...asked.values()].map((request) => ({ request, fault: faultAt(order, request) }));
    count('faults met', met.filter(({ fault }) => FAULTS.includes(fault)).length);
    say(`round ${number}: ${server.requests.length} requests for ${asked.size} questions`);
    checkOutcomes(
      context,
      asking.out,
      met.map(({ fault }) => fault),
    );
    const good = met.filter(({ fault }) => fault.outcome === 'answered');
    const broken = keptAnswers(asking.cache).find(
      (text) => !good.some(({ request }) => text.includes(`<answer>${request.answer}</answer>`)),
    );
    expect('no broken answer is kept', broken && `this one is: ${broken.slice(0, 200)}`);
    for (const { request, fault } of met.filter(({ fault: one }) => lasts(one))) {
      const times = server.requests.filter(({ question }) => question === request.question).length;
      expect(
        'a refusal that lasts is not asked again',
        times === 1 ? undefined : `${fault.name} was asked ${times} times`,
      );
    }
    const kept = keptLines(asking.out).filter((line) => line.includes('"status":"answered"'));
    isWell = true;
    const before = server.requests.length;
    const again = await evaluate(context, server, asking);
    expect('questions that failed are asked again by the same command', failure(again));
    const failed = met.filter(({ fault }) => fault.outcome === 'failed').length;
    const times = server.requests.length - before;
    expect(
      'only questions that failed are asked again',
      times === failed ? undefined : `${times} were, and ${failed} had failed`,
    );
    const gone = kept.find((line) => !keptLines(asking.out).includes(line));
    expect(
      'answers stay when failed questions are asked again',
      gone && `gone: ${gone.slice(0, 200)}`,
    );
    return [mixed, again];
  } finally {
    await server.close();
  }
}

/** Counts what became of the questions, and reads the reasons of those that failed. */
function checkOutcomes({ expect }: DrillContext, out: string, met: readonly Fault[]): void {
  const rows = keptRows(out).map(({ prediction }) => prediction);
  for (const outcome of ['answered', 'failed'] as const) {
    const [is, should] = [rows, met.map((fault) => ({ status: fault.outcome }))].map(
      (list) => list.filter(({ status }) => status === outcome).length,
    );
    expect(
      'a bad question fails alone, and a passing fault does not fail',
      is === should ? undefined : `${is} questions are ${outcome} and not ${should}`,
    );
  }
  const reasons = rows.flatMap(({ reason }) => reason ?? []);
  for (const { name, says } of met) {
    if (says === undefined) continue;
    expect(
      'a question that failed says why',
      reasons.some((reason) => says.test(reason))
        ? undefined
        : `no reason says ${says.source} (${name}): ${reasons.join(' | ').slice(0, 2000)}`,
    );
  }
}

/** Servers with which nothing can be done: each ends the command with the error that names it. */
async function meetWholeFaults(
  context: DrillContext,
  { folder }: Round,
  key: string,
): Promise<readonly EndedCommand[]> {
  const ends: EndedCommand[] = [];
  for (const [index, fault] of WHOLE_FAULTS.entries()) {
    const other = await startChatServer(answerWell);
    const server = await startChatServer(fault.reply(other.baseUrl));
    try {
      const out = join(folder, `whole-${index}`);
      const cache = join(folder, `answers-${index}`);
      const ended = await evaluate(context, server, { out, cache, key, items: 3 });
      ends.push(ended);
      context.count('faults met');
      context.expect(
        'a server that no question can be asked of ends the evaluation with an error that names it',
        ended.code === 1 && fault.says.test(ended.stderr)
          ? undefined
          : `${fault.name}: ${endOf(ended)}`,
      );
      context.expect(
        'neither question nor key goes to a server that was not named',
        other.requests.length === 0 ? undefined : `${fault.name}: ${other.requests.length} did`,
      );
    } finally {
      await Promise.all([server.close(), other.close()]);
    }
  }
  return ends;
}
