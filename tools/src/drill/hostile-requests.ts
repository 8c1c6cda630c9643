/** Floods `serve-rewards` with malformed and hostile requests, and asks for /health all the while. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { RandomStream } from '@loci/core';
import { endOf } from './base/command.ts';
import { oneOf, sleep } from './base/random.ts';
import type { Drill, DrillContext } from './base/drill.ts';
import { ask, askRaw, halfOpen } from './requests/ask.ts';
import type { Answer } from './requests/ask.ts';
import { ORDINARY, hostileBody } from './requests/bodies.ts';
import { BEGINNINGS, FOREIGN_HOSTS, RAW_REQUESTS } from './requests/raw.ts';

/** Requests of one round. */
const REQUESTS = 400;
/** Requests under way at once. */
const AT_ONCE = 6;
const HALF_OPEN = 20;
/** The time that `docs/operate-reward-server.md` allows a request to arrive, and what a busy machine may add, in ms. */
const [RECEIVE_MS, SLACK_MS] = [60_000, 20_000];
/** Longest answer of /health, in ms; a body of 32 MiB is read in place. */
const HEALTH_MS = 10_000;
const POLL_MS = 200;

/** See the head of this file. */
export const hostileRequests: Drill = {
  name: 'hostile-requests',
  title:
    'the reward server meets malformed bodies, deep nests, giant maps, foreign hosts, half requests',
  async run(context) {
    await context.eachRound(async ({ number, random, folder }) => {
      const server = context.loci(folder, ['serve-rewards', '--port', '0', '--quiet'], {
        limitMs: 1_200_000,
      });
      const isUp = await server.sees(/ on http:\/\/127\.0\.0\.1:\d+/);
      if (!isUp) return context.expect('the reward server starts', endOf(await server.ended));
      const port = Number(server.stdout().match(/127\.0\.0\.1:(\d+)/)?.[1]);
      await checkOrdinary(context, port);
      const stuck = openHalves(context, port);
      const poll = pollHealth(context, port);
      await flood(context, port, random);
      context.say(`round ${number}: ${REQUESTS} requests are answered`);
      await checkOrdinary(context, port);
      await stuck.closed();
      await poll.stop();
      await checkOrdinary(context, port);
      notePeak(context, server.pid);
      server.send('SIGTERM');
      const ended = await server.ended;
      context.expect(
        'the reward server lives through all of it, and ends with code 0 when asked to',
        ended.code === 0 ? undefined : endOf(ended),
      );
    });
  },
};

/** Ordinary requests are scored right. */
async function checkOrdinary({ expect }: DrillContext, port: number): Promise<void> {
  const answer = await ask(port, { path: '/score', body: ORDINARY.body });
  const rewards = /"reward":(?:null|[-\d.e]+)/g;
  const got = (answer.text.match(rewards) ?? []).map((found) => Number(found.slice(9)));
  expect(
    'ordinary requests are scored right before, between and after hostile ones',
    got.join() === ORDINARY.rewards.join()
      ? undefined
      : `${answer.status}: ${answer.text.slice(0, 300)}`,
  );
}

/** Several at once, each answered by JSON and by no fault of the server. */
async function flood(context: DrillContext, port: number, random: RandomStream): Promise<void> {
  let left = REQUESTS;
  const work = async (): Promise<void> => {
    while (left-- > 0) await sendOne(context, port, random);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function sendOne(context: DrillContext, port: number, random: RandomStream): Promise<void> {
  const choice = random();
  context.count('requests');
  if (choice < 0.1) {
    const { kind, bytes, allowed } = oneOf(random, RAW_REQUESTS);
    const answer = await askRaw(port, bytes);
    return checkAnswer(context, kind, answer, (status) => allowed.includes(status));
  }
  if (choice < 0.2) {
    const host = oneOf(random, FOREIGN_HOSTS);
    const answer = await ask(port, { path: '/score', headers: { host }, body: ORDINARY.body });
    // A name of the wrong form is refused before it is looked up.
    return checkAnswer(context, `host ${host}`, answer, (status) => [400, 421].includes(status));
  }
  if (choice < 0.25) {
    const method = oneOf(random, ['PUT', 'DELETE', 'PATCH', 'POST', 'OPTIONS']);
    const path = oneOf(random, ['/health', '/score/../x', '//', '/%00', `/${'a'.repeat(3000)}`]);
    const answer = await ask(port, { method, path, body: '{}' });
    return checkAnswer(context, `${method} ${path.slice(0, 20)}`, answer, isRefusal);
  }
  const { kind, path, body } = hostileBody(random);
  const type = random() < 0.1 ? oneOf(random, ['text/plain', 'application/xml', '']) : undefined;
  const headers = type === undefined ? {} : { 'content-type': type };
  const answer = await ask(port, { path, body, headers });
  // A connection may be closed while a body is still on its way that is far too large.
  const mayClose = kind === 'too large';
  checkAnswer(context, kind, answer, (status) => status < 500 && (status > 0 || mayClose));
}

const isRefusal = (status: number): boolean => status >= 400 && status < 500;

function checkAnswer(
  { expect, most }: DrillContext,
  kind: string,
  { status, contentType, text, milliseconds }: Answer,
  isAllowed: (status: number) => boolean,
): void {
  most('longest answer, ms', Math.round(milliseconds));
  const answer = `${kind}: ${status} ${contentType} ${text.slice(0, 200)}`;
  expect(
    'a hostile request is answered or refused, and breaks nothing',
    isAllowed(status) ? undefined : answer,
  );
  if (status === 0) return;
  expect(
    'every answer is JSON',
    /^application\/json/.test(contentType) && isJson(text) ? undefined : answer,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Requests that never end: each is closed at the limit. */
function openHalves({ expect, count }: DrillContext, port: number) {
  const start = performance.now();
  const sockets = Array.from({ length: HALF_OPEN }, (_, at) =>
    halfOpen(port, BEGINNINGS[at % BEGINNINGS.length]!),
  );
  const closed = sockets.map((socket) => once(socket, 'close'));
  count('half-open connections', HALF_OPEN);
  return {
    async closed(): Promise<void> {
      const left = start + RECEIVE_MS + SLACK_MS - performance.now();
      await Promise.race([Promise.all(closed), sleep(Math.max(0, left))]);
      const open = sockets.filter((socket) => !socket.destroyed).length;
      for (const socket of sockets) socket.destroy();
      expect(
        'a connection whose request never ends is closed at its limit',
        open === 0
          ? undefined
          : `${open} of ${HALF_OPEN} were open after ${RECEIVE_MS + SLACK_MS} ms`,
      );
    },
  };
}

/** Asks for /health again and again, and checks each answer against the time limit. */
function pollHealth({ expect, count, most }: DrillContext, port: number) {
  let isOver = false;
  const work = (async () => {
    while (!isOver) {
      const { status, milliseconds } = await ask(port, { method: 'GET', path: '/health' });
      count('asked for /health');
      most('slowest /health, ms', Math.round(milliseconds));
      expect(
        `/health answers within ${HEALTH_MS / 1000} s, whatever else is asked`,
        status === 200 && milliseconds < HEALTH_MS
          ? undefined
          : `${status} after ${Math.round(milliseconds)} ms`,
      );
      await sleep(POLL_MS);
    }
  })();
  return {
    async stop(): Promise<void> {
      isOver = true;
      await work;
    },
  };
}

/** The most memory that the server ever had, where the system reports it. */
function notePeak({ most }: DrillContext, pid: number): void {
  const path = `/proc/${pid}/status`;
  const peak = existsSync(path) ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(path, 'utf8')) : null;
  if (peak !== null) most('most memory of the server, MiB', Math.round(Number(peak[1]) / 1024));
}
