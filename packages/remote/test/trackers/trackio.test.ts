/** The protocol of trackio: against a server of ours, and against trackio itself where LOCI_TRACKIO names one. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createFromPlugin, parseOptions } from '@loci/core';
import { trackioSink } from '../../src/trackers/trackio.ts';
import { FakeServer, JPEG, contextOf, json, tellRun, temporaryRun } from './runs.ts';
import type { Heard } from './runs.ts';

const TOKEN = 'wt-0123456789abcdef';
const REAL = process.env['LOCI_TRACKIO'];
if (REAL === undefined) {
  console.warn(
    'Nothing is sent to trackio itself: run `trackio show`, and name its address in LOCI_TRACKIO and its token in LOCI_TRACKIO_TOKEN',
  );
}

async function openSink(server: string, run: string, more: Record<string, unknown> = {}) {
  const context = contextOf(run);
  const set = { server, project: 'loci-test', rolloutsEvery: 2, rollouts: 2, ...more };
  return {
    context,
    sink: await createFromPlugin(trackioSink, parseOptions(trackioSink, set), context),
  };
}

/** Answers as trackio does: what its `asgi_app.py` and `server.py` check is checked here too. */
function answer({ path, headers, body }: Heard): { status?: number; body: unknown } {
  if (headers['x-trackio-write-token'] !== TOKEN) {
    return { status: 400, body: { error: 'A write_token is required to log metrics' } };
  }
  if (path === '/api/upload') {
    if (!body.includes('name="files"') || !body.includes(JPEG))
      return { status: 400, body: { error: 'no file' } };
    return { body: { paths: ['/tmp/trackio-upload-1.jpg'] } };
  }
  return { body: { data: null } };
}

/** Every file of a folder, as one text. */
function filesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
    .join('\n');
}

describe('trackio', () => {
  const server = new FakeServer(answer);
  afterEach(async () => {
    await server.down();
    server.heard.length = 0;
    delete process.env['TRACKIO_WRITE_TOKEN'];
  });

  test('gets config, figures, traces with pictures, tables, alerts and the end; no file has the token', async () => {
    process.env['TRACKIO_WRITE_TOKEN'] = TOKEN;
    const run = temporaryRun();
    const { sink, context } = await openSink(await server.up(), run, { run: 'my run' });
    tellRun(sink, 0, 2, run);
    await sink.close();
    expect(context.lines).toEqual([]);
    const of = (name: string) =>
      server.heard.filter(({ path }) => path === `/api/${name}`).map(json);
    const logs = of('bulk_log').flatMap(({ logs: some }) => some as Record<string, never>[]);
    expect(logs[0]).toMatchObject({
      ...{ project: 'loci-test', run: 'my run', step: 0, metrics: {} },
      config: { seed: 1, 'objective.use': 'grpo', command: 'loci train', 'version/loci': '0.1.0' },
    });
    expect(new Set(logs.map(({ run_id }) => run_id)).size).toBe(1);
    expect(new Set(logs.map(({ log_id }) => log_id)).size).toBe(logs.length);
    const figures = logs.filter(({ metrics }) => 'reward/total' in metrics!);
    expect(figures.map(({ step, metrics }) => [step, metrics!['reward/total']])).toEqual([
      [1, 0.5],
      [2, 1],
    ]);
    const { metrics: shown } = logs.find(({ metrics }) => 'rollouts' in metrics!) as unknown as {
      metrics: Record<string, unknown>;
    };
    const image = { _type: 'trackio.image', file_path: 'loci-test/my run/2/step-2-0.jpg' };
    expect(shown['rollouts/0']).toMatchObject(image);
    expect(shown['rollouts']).toMatchObject([
      {
        _type: 'trackio.trace',
        messages: [
          { role: 'user', content: [image, { type: 'text', text: 'How many chairs are there?' }] },
          { role: 'assistant', content: '<think>one</think><answer>3</answer>' },
        ],
        metadata: { reward: 1, 'reward/answer': 1 },
      },
      { metadata: { reward: 0 } },
    ]);
    expect(of('bulk_upload_media')[0]).toMatchObject({
      uploads: [
        {
          ...{ project: 'loci-test', run: 'my run', step: 2, relative_path: null },
          uploaded_file: { path: '/tmp/trackio-upload-1.jpg', orig_name: 'step-2-0.jpg' },
        },
      ],
    });
    expect(logs.map(({ metrics }) => metrics!['evaluation/after']).find(Boolean)).toEqual({
      ...{ _type: 'trackio.table', _value: [{ figure: 'answers', value: 0.5 }] },
    });
    const alerts = of('bulk_alert').flatMap(
      ({ alerts: some }) => some as Record<string, unknown>[],
    );
    expect(alerts).toMatchObject([
      { title: 'kl-grows', level: 'warn', step: 2, text: 'The KL has grown' },
      { title: 'Run finished', level: 'info' },
    ]);
    expect(filesOf(run)).not.toContain(TOKEN);
  });

  test('with another token is as if it were down, and the message shows neither', async () => {
    process.env['TRACKIO_WRITE_TOKEN'] = 'another-token-of-length';
    const run = temporaryRun();
    const { sink, context } = await openSink(await server.up(), run, { endSeconds: 1 });
    sink.write({ step: 1, values: { a: 1 } });
    await sink.close();
    expect(context.lines[0]).toMatch(
      /cannot be reached \(it does not accept the write token in TRACKIO_WRITE_TOKEN/,
    );
    expect(context.lines.join()).not.toContain('another-token-of-length');
  });

  test('wants its token from the environment, and an address that holds none', async () => {
    await expect(openSink('http://127.0.0.1:1', temporaryRun())).rejects.toMatchObject({
      code: 'api-key-missing',
      message: expect.stringContaining('export TRACKIO_WRITE_TOKEN=…'),
    });
    for (const address of ['http://a:b@host', 'http://host/?write_token=x', 'ftp://host']) {
      await expect(openSink(address, temporaryRun())).rejects.toThrow(/token|http/);
    }
  });
});

const withTrackio = REAL === undefined ? test.skip : test;
withTrackio(
  'trackio itself keeps all of it, once, also of a resumed run',
  async () => {
    process.env['TRACKIO_WRITE_TOKEN'] = process.env['LOCI_TRACKIO_TOKEN'];
    const run = temporaryRun();
    const project = `loci-test-${Date.now()}`;
    for (const [from, to] of [
      [0, 4],
      [2, 6],
    ] as const) {
      const { sink, context } = await openSink(REAL!, run, { project });
      tellRun(sink, from, to, run);
      await sink.close();
      expect(context.lines).toEqual([]);
    }
    const ask = async (name: string, body: object): Promise<never> => {
      const reply = await fetch(`${REAL}/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ project, ...body }),
      });
      return ((await reply.json()) as { data: never }).data;
    };
    const [found] = (await ask('get_runs_for_project', {})) as { id: string; name: string }[];
    const of = { run: found!.name, run_id: found!.id };
    const logs = (await ask('get_logs', of)) as Record<string, unknown>[];
    const steps = logs.filter((log) => 'reward/total' in log).map(({ step }) => step);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
    const traces = (await ask('get_traces', of)) as { step: number; messages: unknown[] }[];
    expect(traces.map(({ step }) => step).toSorted()).toEqual([2, 2, 4, 4, 6, 6]);
    const alerts = (await ask('get_alerts', of)) as { title: string }[];
    expect(alerts.map(({ title }) => title)).toContain('kl-grows');
    const image = logs.map((log) => log['rollouts/0']).find(Boolean) as { file_path: string };
    const { media_dir: folder } = (await ask('get_settings', {})) as { media_dir: string };
    const path = join(folder, image.file_path);
    const file = await fetch(`${REAL}/file?path=${encodeURIComponent(path)}`);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(JPEG);
  },
  60_000,
);
