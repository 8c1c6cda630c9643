/** What tests of trackers send, and to whom. */
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoggedRollout, MetricSink, PluginContext } from '@loci/core';

export function temporaryRun(): string {
  return mkdtempSync(join(tmpdir(), 'loci-tracked-'));
}

/** A red pixel. */
export const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

/** What a sink is made with: a logger that keeps its lines, and pictures. */
export function contextOf(runDirectory: string): PluginContext & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    ...{ seed: 1, baseDirectory: '/', runDirectory, lines },
    logger: { info: (line) => void lines.push(line), warn: (line) => void lines.push(line) },
    preview: async () => ({ jpeg: JPEG, width: 1, height: 1 }),
  };
}

export function loggedRollout(step: number, sampleId: string, reward: number): LoggedRollout {
  return {
    ...{ step, sampleId, kind: 'counting', completion: 0, tokens: 9, reward, advantage: 0.5 },
    problem: 'How many chairs are there?',
    options: [],
    solution: '<answer>3</answer>',
    media: [{ kind: 'video', path: '/videos/a.mp4' }],
    text: '<think>one</think><answer>3</answer>',
    outcomes: { answer: { status: 'scored', value: reward } },
  };
}

/** A run from one step to another, as the training loop tells it. */
export function tellRun(sink: MetricSink, from: number, to: number, runDirectory: string): void {
  sink.rewind!(from === 0 ? -1 : from);
  sink.begin!({
    ...{
      name: 'my-run',
      runDirectory,
      configText: 'version: 3\nseed: 1\nobjective:\n  use: grpo\n',
    },
    ...{ startStep: from, totalSteps: to, trainingSamples: 8, model: 'a table' },
    ...{ versions: { loci: '0.1.0' }, command: 'loci train' },
  });
  for (let step = from + 1; step <= to; step++) {
    sink.rollouts!(step, [loggedRollout(step, 'a', 1), loggedRollout(step, 'b', 0)]);
    sink.write({ step, values: { 'reward/total': step / 2, 'policy/kl': 0.01 } });
  }
  sink.alert!({
    ...{ name: 'kl-grows', step: to, metric: 'policy/kl', value: 0.6, threshold: 0.5 },
    message: 'The KL has grown',
  });
  sink.table!({
    name: 'evaluation/after',
    step: to,
    columns: ['figure', 'value'],
    rows: [['answers', 0.5]],
  });
  sink.end!({ step: to, reason: 'finished' });
}

/** A request as a server of ours got it. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Undefined never answers. */
export type Answering = (
  heard: Heard,
) => { readonly status?: number; readonly body: unknown } | undefined;

/** A server that answers by `answer`; it can be taken down and put up again at the same address. */
export class FakeServer {
  readonly #answer: Answering;
  #server: Server | undefined;
  #port = 0;
  readonly heard: Heard[] = [];

  constructor(answer: Answering) {
    this.#answer = answer;
  }

  async up(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url!, 'http://server');
        const heard = {
          ...{ method: request.method!, path: url.pathname, query: url.searchParams },
          ...{ headers: request.headers, body: Buffer.concat(chunks) },
        };
        this.heard.push(heard);
        const answer = this.#answer(heard);
        if (answer === undefined) return;
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

export function json(heard: Heard): Record<string, unknown> {
  return JSON.parse(heard.body.toString('utf8')) as Record<string, unknown>;
}
