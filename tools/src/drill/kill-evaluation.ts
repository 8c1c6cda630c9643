/** Kills evaluations of a model on this machine and of one behind a misbehaving server, and continues each until it is done. */
import { join } from 'node:path';
import type { RandomStream } from '@loci/core';
import { failure } from './base/go-on.ts';
import { oneOf, sleep, wholeBetween } from './base/random.ts';
import { CONFIG_FILE } from './base/workplace.ts';
import { compareEvaluations, keptLines, keptRows } from './compare/evaluations.ts';
import { leftoversIn } from './compare/leftovers.ts';
import type { Drill, DrillContext, Round } from './base/drill.ts';
import { keptAnswers } from './servers/kept-answers.ts';
import { startChatServer } from './servers/chat-server.ts';
import type { ChatServer } from './servers/chat-server.ts';
import { answerWell } from './servers/answers.ts';
import { PASSING_FAULTS } from './servers/faults.ts';
import { remotePolicy } from './servers/remote-policy.ts';

const ITEMS = 10;
const KILLS = [2, 4] as const;
/** Share of questions whose first attempt fails in passing. */
const FAULTY = 0.4;
/** How long a good answer takes, in ms: long enough that kills hit some of them. */
const ANSWER_MS = 400;

const GOES_ON = 'an evaluation that is killed comes to its end when the command is repeated';
const KEPT = 'answers that a killed evaluation kept stay as they are';

/** See the head of this file. */
export const killEvaluation: Drill = {
  name: 'kill-evaluation',
  title:
    'evaluations are killed at random moments, of a model here and of one behind a faulty server',
  async run(context) {
    const { workplace, loci, eachRound } = context;
    await workplace.whole();
    const own = [...asking(join(workplace.folder, 'evaluated')), '--set', 'evaluate.batchSize=1'];
    const whole = await loci(workplace.folder, own).ended;
    context.expect('an evaluation that nobody disturbs succeeds', failure(whole));
    await eachRound(async (round) => {
      const out = join(round.folder, 'own');
      const words = [...asking(out), '--set', 'evaluate.batchSize=1'];
      await killUntilDone(context, round, words, out, whole.milliseconds);
      compare(context, out, join(workplace.folder, 'evaluated'));
      await killRemote(context, round);
    });
  },
};

function asking(out: string): readonly string[] {
  return ['evaluate', '--config', CONFIG_FILE, '--items', String(ITEMS), '--out', out];
}

/** Kills, repeats, and kills again; the last time the command is left alone. */
async function killUntilDone(
  { loci, workplace, expect, count, say }: DrillContext,
  { number, random }: Round,
  words: readonly string[],
  out: string,
  wholeMs: number,
  onKilled: () => void = () => undefined,
): Promise<void> {
  const kills = wholeBetween(random, ...KILLS);
  let kept: readonly string[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    const command = loci(workplace.folder, words);
    await momentOf(command.sees, random, wholeMs, command.ended);
    command.send('SIGKILL');
    const ended = await command.ended;
    expect(KEPT, firstLost(kept, keptLines(out)));
    kept = keptLines(out);
    if (ended.signal !== 'SIGKILL' || ended.timedOut) break;
    count('kills');
    say(`round ${number}: kill ${kill} of ${kills}, with ${kept.length} answers kept`);
    onKilled();
  }
  expect(GOES_ON, failure(await loci(workplace.folder, words).ended));
  expect(KEPT, firstLost(kept, keptLines(out)));
}

/** Waits for a random time, or until some of the questions are answered. */
async function momentOf(
  sees: (pattern: RegExp) => Promise<boolean>,
  random: RandomStream,
  wholeMs: number,
  ended: Promise<unknown>,
): Promise<void> {
  if (random() < 0.4) {
    await Promise.race([sleep(random() * wholeMs), ended]);
    return;
  }
  const mark = new RegExp(`^asked ${wholeBetween(random, 1, ITEMS)}/`, 'm');
  const ms = random() * 300;
  await Promise.race([sees(mark).then(() => sleep(ms)), ended]);
}

function firstLost(kept: readonly string[], now: readonly string[]): string | undefined {
  const lost = kept.find((line, index) => now[index] !== line);
  return lost === undefined ? undefined : `this one is gone or changed: ${lost.slice(0, 300)}`;
}

function compare({ expect, count }: DrillContext, out: string, whole: string): void {
  for (const [promise, found] of Object.entries(compareEvaluations(out, whole))) {
    expect(promise, found);
  }
  expect('nothing half-written, unfinished or locked is left', leftoversIn(out));
  count('evaluations compared');
}

/** The same behind a server whose first attempts fail now and then: whatever was kept is not asked again. */
async function killRemote(context: DrillContext, round: Round): Promise<void> {
  const { loci, workplace, expect } = context;
  const { random, folder } = round;
  const faults = Array.from({ length: ITEMS }, () =>
    random() < FAULTY ? oneOf(random, PASSING_FAULTS) : undefined,
  );
  const good = await startChatServer((request, response) => {
    setTimeout(() => answerWell(request, response), ANSWER_MS);
  });
  const server = await startChatServer((request, response) => {
    const fault = request.attempt === 1 ? faults[request.place % ITEMS] : undefined;
    setTimeout(() => (fault?.reply ?? answerWell)(request, response), ANSWER_MS);
  });
  try {
    const wholeOut = join(folder, 'remote-whole');
    const words = ({ baseUrl }: ChatServer, out: string, cache: string) => [
      ...asking(out),
      ...remotePolicy({ baseUrl, cache: join(folder, cache), concurrency: 2 }),
    ];
    const whole = await loci(workplace.folder, words(good, wholeOut, 'answers-whole')).ended;
    expect('an evaluation that nobody disturbs succeeds', failure(whole));
    const out = join(folder, 'remote');
    const kept = new Set<string>();
    const watch = watchRepeats(server, kept);
    const faulty = words(server, out, 'answers');
    await killUntilDone(context, round, faulty, out, whole.milliseconds, () => {
      watch.note(expect);
      for (const answer of keptAnswers(join(folder, 'answers'))) kept.add(answer);
      for (const { prediction } of keptRows(out)) kept.add(prediction.output ?? '');
    });
    watch.note(expect);
    compare(context, out, wholeOut);
    expect('no half answer of a server is kept', leftoversIn(join(folder, 'answers')));
  } finally {
    await Promise.all([good.close(), server.close()]);
  }
}

/** Looks whether a question was asked whose answer had been kept when its process was killed. */
function watchRepeats(server: ChatServer, kept: ReadonlySet<string>) {
  let seen = server.requests.length;
  return {
    note(expect: DrillContext['expect']): void {
      const since = server.requests.slice(seen);
      seen = server.requests.length;
      const again = since.find(({ answer }) => [...kept].some((text) => text.includes(answer)));
      expect(
        'no server is asked again for an answer that was kept',
        again && `${again.question.slice(0, 12)} was, whose answer ${again.answer} was kept`,
      );
    },
  };
}
