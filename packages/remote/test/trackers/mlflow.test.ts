/** The REST API of MLflow, as a server of ours speaks it: with the limits, the errors and the immutable parameters of the real one. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { createFromPlugin, parseOptions } from '@loci/core';
import { loginOf, mlflowSink } from '../../src/trackers/mlflow-plugin.ts';
import { FakeServer, JPEG, contextOf, json, tellRun, temporaryRun } from './runs.ts';
import type { Answering, Heard } from './runs.ts';

interface Run {
  status: string;
  end?: number;
  readonly name: string;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  /** By key, timestamp, step and value: what MLflow keeps once. */
  readonly metrics: Map<string, readonly [key: string, step: number, value: number]>;
}

type Pairs = readonly { readonly key: string; readonly value: string }[];

/** A tracking server in memory. */
class Mlflow {
  readonly experiments = new Map<string, string>();
  readonly runs = new Map<string, Run>();
  readonly artifacts = new Map<string, Buffer>();
  readonly authorizations = new Set<string | undefined>();

  readonly answer: Answering = (heard) => {
    this.authorizations.add(heard.headers.authorization);
    const artifact = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.+)$/u.exec(heard.path)?.[1];
    if (artifact !== undefined && heard.method === 'PUT') {
      this.artifacts.set(decodeURIComponent(artifact), heard.body);
      return { body: {} };
    }
    return this.#call(heard);
  };

  #call(heard: Heard): ReturnType<Answering> {
    const name = heard.path.replace('/api/2.0/mlflow/', '');
    if (name === 'experiments/get-by-name') {
      const found = heard.query.get('experiment_name')!;
      const id = this.experiments.get(found);
      if (id === undefined) return problem(404, 'RESOURCE_DOES_NOT_EXIST');
      return { body: { experiment: { experiment_id: id, name: found } } };
    }
    const body = json(heard);
    switch (name) {
      case 'experiments/create':
        this.experiments.set(body['name'] as string, '7');
        return { body: { experiment_id: '7' } };
      case 'runs/search': {
        const wanted = /^tags\."loci\.run" = '([0-9a-f-]+)'$/u.exec(body['filter'] as string)?.[1];
        if (wanted === undefined) return problem(400, 'INVALID_PARAMETER_VALUE');
        const found = [...this.runs].filter(([, { tags }]) => tags.get('loci.run') === wanted);
        return { body: found.length === 0 ? {} : { runs: found.map(([id]) => infoOf(id)) } };
      }
      case 'runs/create': {
        const id = `run${this.runs.size}`;
        const tags = new Map((body['tags'] as Pairs).map(({ key, value }) => [key, value]));
        const name = body['run_name'] as string;
        this.runs.set(id, { status: 'RUNNING', name, tags, params: new Map(), metrics: new Map() });
        return { body: { run: infoOf(id) } };
      }
      default:
        return this.#change(name, body, this.runs.get(body['run_id'] as string));
    }
  }

  #change(
    name: string,
    body: Record<string, unknown>,
    run: Run | undefined,
  ): ReturnType<Answering> {
    if (run === undefined) return problem(404, 'RESOURCE_DOES_NOT_EXIST');
    if (name === 'runs/update') {
      Object.assign(run, { status: body['status'], end: body['end_time'] });
      return { body: {} };
    }
    if (name === 'runs/set-tag') {
      run.tags.set(body['key'] as string, body['value'] as string);
      return { body: {} };
    }
    if (name !== 'runs/log-batch') return problem(404, 'ENDPOINT_NOT_FOUND');
    const metrics = (body['metrics'] ?? []) as readonly {
      key: string;
      value: number;
      timestamp: number;
      step: number;
    }[];
    const [params, tags] = [(body['params'] ?? []) as Pairs, (body['tags'] ?? []) as Pairs];
    if (metrics.length > 1000 || params.length > 100 || tags.length > 100) {
      return problem(400, 'INVALID_PARAMETER_VALUE');
    }
    for (const { key, value, timestamp, step } of metrics) {
      if (
        !/^[\w\-. :/]+$/u.test(key) ||
        typeof value !== 'number' ||
        !Number.isInteger(timestamp)
      ) {
        return problem(400, 'INVALID_PARAMETER_VALUE');
      }
      run.metrics.set([key, value, timestamp, step].join(), [key, step, value]);
    }
    for (const { key, value } of params) {
      if ((run.params.get(key) ?? value) !== value || value.length > 500) {
        return problem(400, 'INVALID_PARAMETER_VALUE');
      }
      run.params.set(key, value);
    }
    for (const { key, value } of tags) run.tags.set(key, value);
    return { body: {} };
  }
}

function infoOf(id: string) {
  return { info: { run_id: id, artifact_uri: `mlflow-artifacts:/7/${id}/artifacts` } };
}

function problem(status: number, error_code: string) {
  return { status, body: { error_code, message: 'no' } };
}

async function openSink(server: string, run: string, more: Record<string, unknown> = {}) {
  const context = contextOf(run);
  const set = { server, rolloutsEvery: 2, rollouts: 2, ...more };
  return {
    context,
    sink: await createFromPlugin(mlflowSink, parseOptions(mlflowSink, set), context),
  };
}

describe('MLflow', () => {
  let server: FakeServer;
  afterEach(() => server.down());

  test('gets one run of an experiment, also when it is killed and goes on: each step once', async () => {
    const mlflow = new Mlflow();
    server = new FakeServer(mlflow.answer);
    const address = await server.up();
    const run = temporaryRun();
    for (const [from, to] of [
      [0, 4],
      [2, 6],
    ] as const) {
      const { sink, context } = await openSink(address, run, {
        run: 'my-run',
        experiment: 'rooms',
      });
      tellRun(sink, from, to, run);
      await sink.close();
      expect(context.lines).toEqual([]);
    }
    expect([...mlflow.experiments]).toEqual([['rooms', '7']]);
    expect(mlflow.runs.size).toBe(1);
    const { name, status, end, tags, params, metrics } = mlflow.runs.get('run0')!;
    expect([name, status, typeof end]).toEqual(['my-run', 'FINISHED', 'number']);
    expect(params.get('objective.use')).toBe('grpo');
    expect(tags.get('loci.command')).toBe('loci train');
    expect(tags.get('loci.end')).toBe('finished');
    expect(tags.get('alert.kl-grows')).toBe('step 6: The KL has grown');
    const rewards = [...metrics.values()].filter(([key]) => key === 'reward/total');
    expect(rewards.map(([, step, value]) => [step, value])).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => [step, step / 2]),
    );
    const files = [...mlflow.artifacts.keys()].map((path) => path.replace('7/run0/artifacts/', ''));
    expect(files.toSorted()).toEqual(
      [
        ...['config-step-2.yaml', 'config.yaml'],
        ...['evaluation/after-step-4.json', 'evaluation/after-step-6.json'],
        ...[2, 4, 6].flatMap((step) => [0, 1].map((place) => `rollouts/step-${step}-${place}.jpg`)),
        ...[2, 4, 6].map((step) => `rollouts/step-${step}.json`),
      ].toSorted(),
    );
    expect(mlflow.artifacts.get('7/run0/artifacts/rollouts/step-2-0.jpg')).toEqual(JPEG);
    const table = JSON.parse(
      mlflow.artifacts.get('7/run0/artifacts/rollouts/step-2.json')!.toString(),
    ) as {
      columns: string[];
      data: unknown[][];
    };
    expect(table.columns.slice(0, 5)).toEqual([
      'question',
      'truth',
      'completion',
      'reward',
      'answer',
    ]);
    expect(table.data[0]!.slice(1, 5)).toEqual(['3', '<think>one</think><answer>3</answer>', 1, 1]);
    const listed = JSON.parse(tags.get('mlflow.loggedArtifacts')!) as { path: string }[];
    expect(listed.map(({ path }) => path).toSorted()).toEqual(
      files.filter((path) => path.endsWith('.json')).toSorted(),
    );
  });

  test('a run that was created by a process that was killed at once is found again', async () => {
    const mlflow = new Mlflow();
    let isFirst = true;
    server = new FakeServer((heard) => {
      const answer = mlflow.answer(heard);
      if (!heard.path.endsWith('runs/create') || !isFirst) return answer;
      isFirst = false;
      return { status: 503, body: {} };
    });
    const { sink } = await openSink(await server.up(), temporaryRun());
    sink.write({ step: 1, values: { a: 1 } });
    await sink.close();
    expect(mlflow.runs.size).toBe(1);
    expect(mlflow.runs.get('run0')!.metrics.size).toBe(1);
  });

  test('where the server keeps no artifacts, figures and tags are sent all the same', async () => {
    const mlflow = new Mlflow();
    server = new FakeServer((heard) => {
      const answer = mlflow.answer(heard)!;
      const text = JSON.stringify(answer.body).replaceAll('mlflow-artifacts:/', 's3://bucket/');
      return { ...answer, body: JSON.parse(text) as unknown };
    });
    const run = temporaryRun();
    const { sink, context } = await openSink(await server.up(), run);
    tellRun(sink, 0, 2, run);
    await sink.close();
    expect(context.lines).toEqual([]);
    expect(mlflow.artifacts.size).toBe(0);
    expect(mlflow.runs.get('run0')!.status).toBe('FINISHED');
  });

  test('logs in by the variables of MLflow, and by none where they are not set', async () => {
    expect(loginOf({})).toBeUndefined();
    expect(loginOf({ MLFLOW_TRACKING_TOKEN: 't' })?.authorization).toBe('Bearer t');
    const basic = loginOf({ MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p' });
    expect(basic?.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
    const mlflow = new Mlflow();
    server = new FakeServer(mlflow.answer);
    process.env['MLFLOW_TRACKING_TOKEN'] = 'secret-token-of-length';
    try {
      const { sink } = await openSink(await server.up(), temporaryRun());
      sink.write({ step: 1, values: { a: 1 } });
      await sink.close();
    } finally {
      delete process.env['MLFLOW_TRACKING_TOKEN'];
    }
    expect([...mlflow.authorizations]).toEqual(['Bearer secret-token-of-length']);
  });
});
