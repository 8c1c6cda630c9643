/** `sync` against servers that speak as trackio and MLflow do: what a run could not send arrives, whole, and one tracker does not hold up the other. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { configPrint } from '../../src/commands/config.ts';
import { sync } from '../../src/commands/sync.ts';
import { openRun } from '../../src/open-run.ts';
import { quietIo } from '../support/on-hub.ts';

const TOKEN = 'a-write-token-of-a-test';
const VARIABLE = 'TRACKIO_WRITE_TOKEN';

/** What a server is asked, and what it says. */
type Answering = (path: string, body: string, token: unknown) => object | undefined;

/** A server at one address that can be down; undefined is a 400. */
class TrackerServer {
  readonly #answer: Answering;
  #server: Server | undefined;
  #port = 0;
  /** Bodies by the path that they went to. */
  readonly got: { readonly path: string; readonly body: string }[] = [];

  constructor(answer: Answering) {
    this.#answer = answer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<void> {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const path = new URL(request.url!, this.url).pathname;
        const said = this.#answer(path, body, request.headers['x-trackio-write-token']);
        if (said !== undefined) this.got.push({ path, body });
        response.writeHead(said === undefined ? 400 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(said ?? { error: 'A write_token is required' }));
      });
    });
    await new Promise<void>((done) => this.#server!.listen(this.#port, '127.0.0.1', done));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((done) => (this.#server ? this.#server.close(done) : done(undefined)));
    this.#server = undefined;
  }

  /** All that went to paths that end so. */
  sentTo(end: string): string {
    return this.got.flatMap(({ path, body }) => (path.endsWith(end) ? [body] : [])).join('\n');
  }
}

const trackio = (): TrackerServer =>
  new TrackerServer((_, __, token) => (token === TOKEN ? { data: null } : undefined));
const mlflow = (): TrackerServer =>
  new TrackerServer((path) => {
    if (path.endsWith('experiments/get-by-name')) return { experiment: { experiment_id: '7' } };
    return path.endsWith('runs/create')
      ? { run: { info: { run_id: 'r1', artifact_uri: 'mlflow-artifacts:/7/r1/artifacts' } } }
      : {};
  });

const logger = { info: () => undefined, warn: () => undefined };
const before = process.env[VARIABLE];
let servers: { readonly trackio: TrackerServer; readonly mlflow: TrackerServer };
let home: string;

beforeEach(async () => {
  servers = { trackio: trackio(), mlflow: mlflow() };
  for (const server of Object.values(servers)) await server.up();
  home = mkdtempSync(join(tmpdir(), 'loci-sync-'));
});
afterEach(async () => {
  for (const server of Object.values(servers)) await server.down();
});
afterAll(() => {
  if (before === undefined) delete process.env['TRACKIO_WRITE_TOKEN'];
  else process.env[VARIABLE] = before;
});

/** The folder of a run that came to its end while both trackers were down. */
async function runThatMissed(): Promise<string> {
  const folder = join(home, 'run');
  mkdirSync(folder);
  const { io, printed } = quietIo(home);
  const quick = 'endSeconds: 0';
  const sinks = [
    'jsonl',
    `{ use: trackio, server: '${servers.trackio.url}', project: p, ${quick} }`,
    `{ use: mlflow, server: '${servers.mlflow.url}', ${quick} }`,
  ];
  process.env[VARIABLE] = TOKEN;
  await configPrint({ yaml: true, set: [`sinks=[${sinks.join(', ')}]`] }, io);
  writeFileSync(join(folder, 'config.yaml'), printed());
  for (const server of Object.values(servers)) await server.down();
  const source = { stored: join(folder, 'config.yaml'), set: [] };
  const run = await openRun(source, io, { logger, runDirectory: folder, brings: [] });
  for (const sink of await run.sinks()) {
    sink.begin?.({
      ...{
        name: 'run',
        runDirectory: folder,
        configText: 'seed: 1\n',
        startStep: 0,
        totalSteps: 2,
      },
      ...{ trainingSamples: 4, model: 'tiny', versions: { loci: '0' } },
    });
    for (const step of [1, 2]) sink.write({ step, values: { 'reward/total': step / 4 } });
    sink.end?.({ step: 2, reason: 'finished' });
  }
  await run.dispose();
  for (const server of Object.values(servers)) await server.up();
  return folder;
}

/** Runs the command. @returns what it found, what it printed, and the error it ended with. */
async function synced(folder: string) {
  const { io, printed } = quietIo(home);
  const results: unknown[] = [];
  const done = sync({ runs: [folder] }, { ...io, result: (found) => void results.push(found) });
  const error = await done.then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { readonly code: string },
  );
  return { found: results[0], printed: printed(), error };
}

describe('what a run could not send', () => {
  test('arrives whole, at both trackers, and once', async () => {
    const folder = await runThatMissed();
    const { found, printed, error } = await synced(folder);
    expect(error).toBeUndefined();
    expect(printed).toMatch(/^trackio: 4 entries sent, nothing is left$/mu);
    expect(printed).toMatch(/^mlflow: 4 entries sent, nothing is left$/mu);
    const both = ['trackio', 'mlflow'].map((name) => ({ name, sent: 4, left: 0 }));
    expect(found).toEqual({ runs: [{ directory: folder, trackers: both }] });
    expect(servers.trackio.sentTo('bulk_log')).toMatch(/reward\/total.*0\.25.*0\.5/su);
    expect(servers.mlflow.sentTo('log-batch')).toMatch(/reward\/total.*0\.25.*0\.5/su);
    expect(servers.mlflow.sentTo('runs/update')).toContain('FINISHED');

    const again = await synced(folder);
    expect(again.printed).toMatch(/^trackio: 0 entries sent, nothing is left$/mu);
    expect(again.error).toBeUndefined();
  });

  test('arrives at the one whose token is there, and the other one is named', async () => {
    const folder = await runThatMissed();
    delete process.env['TRACKIO_WRITE_TOKEN'];
    const { found, printed, error } = await synced(folder);
    expect(printed).toMatch(/^mlflow: 4 entries sent, nothing is left$/mu);
    expect(printed).toMatch(/^trackio: nothing sent$/mu);
    expect(servers.mlflow.sentTo('runs/update')).toContain('FINISHED');
    expect(servers.trackio.got).toEqual([]);
    expect(error).toMatchObject({ code: 'sync-incomplete' });
    expect(error!.message).toMatch(/^trackio has not got all of .*run: .*TRACKIO_WRITE_TOKEN/u);
    expect(error!.message).not.toContain('mlflow');
    expect(found).toMatchObject({
      runs: [{ trackers: [{ name: 'trackio', problem: expect.any(String) }, { name: 'mlflow' }] }],
    });

    process.env[VARIABLE] = TOKEN;
    const later = await synced(folder);
    expect(later.printed).toMatch(/^trackio: 4 entries sent, nothing is left$/mu);
    expect(later.error).toBeUndefined();
  });
});
