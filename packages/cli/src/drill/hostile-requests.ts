/** Requests that no trainer sends: the reward server answers each with a reason, goes on, and scores as before. */
import { connect } from 'node:net';
import type { RandomStream } from '@loci/core';
import { LociError } from '@loci/core';
import { lastWords, prints, start } from './drill.ts';
import type { Drill, Findings } from './drill.ts';

/** Longest silence of /health while hostile requests run; machines are shared. */
const MOST_HEALTH_MS = 5_000;
/** A request that is not whole is waited for that long, and no longer. */
const PATIENCE_MS = 3_000;
/** Hostile requests under way at once. */
const AT_ONCE = 8;

const SAMPLE = {
  problemType: 'numerical',
  solution: '<answer>3</answer>',
  map: { chair: [[1, 2]], lamp: [[3, 4]] },
};
const GOOD = '<think><map>{"chair": [[1, 2]], "lamp": [[3, 5]]}</map></think><answer>3</answer>';

/** One hostile request a round. */
export async function hostileRequests({ place, random, rounds, say }: Drill): Promise<Findings> {
  const server = start(place, ['serve-rewards', '--port', '0', '--quiet']);
  try {
    if (!(await prints(server, /on http:\/\/\S+:\d+/u))) {
      throw new LociError(
        'drill-failed',
        `The server did not start, ${lastWords(await server.ended)}`,
      );
    }
    const port = Number(/on http:\/\/\S+?:(\d+)/u.exec(server.said())![1]);
    const address = `http://127.0.0.1:${port}`;
    const faults: string[] = [];
    const before = await scoreOf(address);
    const health = watchHealth(address);
    const statuses = new Map<string, number>();
    let sent = 0;
    const one = async (): Promise<void> => {
      while (sent < rounds) {
        sent++;
        const request = hostile(random);
        const status = await send(port, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (/^5(?!03|04)/u.test(status)) {
          faults.push(`${status} to ${JSON.stringify(request.slice(0, 300))}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    const slowest = await health.stop();
    if (slowest > MOST_HEALTH_MS) faults.push(`/health took ${Math.round(slowest)} ms`);
    const after = await scoreOf(address);
    if (after !== before)
      faults.push(`a good completion earned ${before} before and ${after} after`);
    const counts = [...statuses].sort().map(([status, count]) => `${count} × ${status}`);
    say(`hostile requests: ${counts.join(', ')}`);
    return {
      figures: [`${sent} hostile requests, /health within ${Math.round(slowest)} ms`],
      faults,
    };
  } finally {
    server.process.kill('SIGKILL');
    await server.ended;
  }
}

/** What a good completion earns; the error in words when there is none. */
async function scoreOf(address: string): Promise<string> {
  try {
    const reply = await fetch(`${address}/score`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ sample: SAMPLE, completions: [{ text: GOOD }] }] }),
    });
    return await reply.text();
  } catch (thrown) {
    return String(thrown);
  }
}

/** Asks again and again how the server is. */
function watchHealth(address: string): { stop(): Promise<number> } {
  let isOver = false;
  let slowest = 0;
  const asking = (async () => {
    while (!isOver) {
      const begun = performance.now();
      const isWell = await fetch(`${address}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      slowest = isWell ? Math.max(slowest, performance.now() - begun) : Infinity;
      if (!isWell) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await asking;
      return slowest;
    },
  };
}

/** A whole HTTP request, or what passes for one. */
function hostile(random: RandomStream): string {
  /** Now and then the strange one, so that most requests get further than their head. */
  const mostly = <Item>(usual: Item, strange: readonly Item[]): Item =>
    random() < 0.85 ? usual : strange[Math.floor(random() * strange.length)]!;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const deep = '['.repeat(Math.floor(random() * 20_000));
  const cells = JSON.stringify(
    Array.from({ length: Math.floor(random() * 4_000) }, () => [random() * 10, random() * 10]),
  );
  const strange = pick<unknown>([
    ...[null, true, -1, 1e308, '', [], {}, 'x'.repeat(1000), { items: 3 }],
    ...['\ud800', { __proto__: null, constructor: 1 }, [[[[]]]], Number.MAX_SAFE_INTEGER],
  ]);
  const text = pick([
    `<think><map>{"chair": ${cells}}</map></think><answer>1e999</answer>`,
    `<think><map>${deep}</map></think><answer>${'9'.repeat(5000)}</answer>`,
    '<answer>'.repeat(2000),
    `<map>{"${'a'.repeat(9000)}": [[1e300, -1e300]]}</map>`,
    '\u0000\uffff\u202e',
  ]);
  const scored = JSON.stringify({ items: [{ sample: SAMPLE, completions: [{ text }] }] });
  const body = pick([
    ...[scored, scored, scored, scored],
    JSON.stringify({ items: [{ sample: { ...SAMPLE, map: strange }, completions: [{ text }] }] }),
    JSON.stringify({ items: [{ sample: strange, completions: strange }] }),
    JSON.stringify({ query: [text, strange], prompts: strange, labels: [strange] }),
    JSON.stringify(strange),
    `{"items": ${deep}`,
    '{"items": [{"sample": {}, "completions": [{"text": "a"',
    '\u0001\u0002 no JSON',
  ]);
  const path = mostly(pick(['/score', '/get_reward']), [
    '/',
    '/%2e%2e/etc/passwd',
    '/score?x=%ff',
    '//score',
  ]);
  const length = mostly<unknown>(Buffer.byteLength(body), [5, 1e9, -1, 'many']);
  const head = [
    `${mostly('POST', ['GET', 'PUT', 'BREW'])} ${path} HTTP/1.1`,
    `host: ${mostly('127.0.0.1', ['evil.example', ''])}`,
    `content-type: ${mostly('application/json', ['text/plain', 'a/b; c='])}`,
    `content-length: ${length}`,
    'connection: close',
    ...mostly<readonly string[]>(
      [],
      [['transfer-encoding: chunked'], [`x-long: ${'a'.repeat(20_000)}`]],
    ),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** The status of the answer; `closed` when there is none, `waiting` when the server waits for the rest. */
function send(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    const end = (status: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(/^HTTP\/1\.1 (\d+)/u.exec(answer)?.[1] ?? status);
    };
    const timer = setTimeout(() => end('waiting'), PATIENCE_MS);
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', () => end('closed'));
    socket.on('close', () => end('closed'));
  });
}
