/**
 * Sends to MLflow by its REST API 2.0. A run gets figures (`runs/log-batch`) and the config as parameters and as a file. It also gets tables
 * and rollouts with pictures where the server keeps artifacts itself (`mlflow server --serve-artifacts`, which is the default).
 */
import { configEntries } from './config-entries.ts';
import type { Delivery, TrackedEntry, TrackedRollout, Tracker } from './entry.ts';
import { TrackerStatusError, askTracker, withRefusals } from './tracker-request.ts';
import type { TrackerRequest } from './tracker-request.ts';

/** The credentials of a request, and the secret in them. */
export interface MlflowLogin {
  readonly authorization: string;
  readonly secret: string;
}

/** A run of an experiment on a server. */
export interface MlflowRun {
  readonly server: string;
  readonly experiment: string;
  readonly run: string;
  readonly login: MlflowLogin | undefined;
}

/** Limits of MLflow: entries of a request, characters of a parameter in its older releases, and of a tag. */
const [MOST_METRICS, MOST_PARAMETERS, LONGEST_PARAMETER, LONGEST_TAG] = [1000, 100, 500, 4000];
/** Tables that the tag names. */
const MOST_TABLES = 60;
/** The tag that finds a run again, which a killed process created and had no time to note. */
const RUN_TAG = 'loci.run';

interface Metric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}
interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Sends to MLflow. */
export function mlflowTracker({ server, experiment, run, login }: MlflowRun): Tracker {
  const headers: Record<string, string> = login ? { authorization: login.authorization } : {};
  const ask = (
    request: Pick<TrackerRequest, 'method' | 'url' | 'body' | 'signal'>,
  ): Promise<unknown> =>
    askTracker({ ...request, url: server + request.url, headers, secret: login?.secret });
  const post = (name: string, body: object, signal: AbortSignal): Promise<unknown> =>
    ask({ method: 'POST', url: `/api/2.0/mlflow/${name}`, body, signal });

  return {
    title: `MLflow at ${server}`,
    send: (delivery) =>
      withRefusals(async () => {
        const place = await openRun(delivery);
        const { signal } = delivery;
        const metrics = delivery.entries.flatMap(metricsOf);
        for (let at = 0; at < metrics.length; at += MOST_METRICS) {
          const some = metrics.slice(at, at + MOST_METRICS);
          await post('runs/log-batch', { run_id: place.id, metrics: some }, signal);
        }
        for (const entry of delivery.entries) await sendRest(entry, place, delivery);
      }),
  };

  /** The run of an earlier delivery, or a new one. */
  async function openRun({ entries, runId, state, note, signal }: Delivery): Promise<RunPlace> {
    if (state['id'] !== undefined) return { id: state['id'], artifacts: state['artifacts'] ?? '' };
    const experiment_id = await experimentId(signal);
    const filter = `tags."${RUN_TAG}" = '${runId}'`;
    const found = (await post(
      'runs/search',
      { experiment_ids: [experiment_id], filter, max_results: 1 },
      signal,
    )) as { readonly runs?: readonly MlflowRunReply[] };
    const start_time = entries[0]?.time ?? Date.now();
    const tags: readonly Pair[] = [{ key: RUN_TAG, value: runId }];
    const created =
      found.runs?.[0] ??
      (
        (await post('runs/create', { experiment_id, run_name: run, start_time, tags }, signal)) as {
          readonly run: MlflowRunReply;
        }
      ).run;
    const { run_id: id, artifact_uri: artifacts = '' } = created.info;
    note({ id, artifacts });
    return { id, artifacts };
  }

  async function experimentId(signal: AbortSignal): Promise<string> {
    const url = `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`;
    const get = async (): Promise<string> => {
      const found = (await ask({ method: 'GET', url, signal })) as {
        readonly experiment: { readonly experiment_id: string };
      };
      return found.experiment.experiment_id;
    };
    try {
      return await get();
    } catch (thrown) {
      if (!(thrown instanceof TrackerStatusError && thrown.status === 404)) throw thrown;
    }
    try {
      const made = (await post('experiments/create', { name: experiment }, signal)) as {
        readonly experiment_id: string;
      };
      return made.experiment_id;
    } catch (thrown) {
      // Another run may have made it in between.
      if (thrown instanceof TrackerStatusError && /RESOURCE_ALREADY_EXISTS/u.test(thrown.body))
        return get();
      throw thrown;
    }
  }

  /** Sends everything but figures. */
  async function sendRest(entry: TrackedEntry, place: RunPlace, delivery: Delivery): Promise<void> {
    const { signal, state, note } = delivery;
    const log = (what: { readonly params?: readonly Pair[]; readonly tags?: readonly Pair[] }) =>
      post('runs/log-batch', { run_id: place.id, ...what }, signal);
    switch (entry.kind) {
      case 'start': {
        const { start } = entry;
        await post('runs/update', { run_id: place.id, status: 'RUNNING' }, signal);
        // MLflow never changes a parameter, so the file holds those of a resumed run.
        if (state['parameters'] === undefined) {
          const params = configEntries(start.configText).map(([key, value]) =>
            pair(key, String(value), LONGEST_PARAMETER),
          );
          for (let at = 0; at < params.length; at += MOST_PARAMETERS) {
            await log({ params: params.slice(at, at + MOST_PARAMETERS) });
          }
          note({ parameters: 'sent' });
        }
        await log({ tags: startTags(start).map(([key, value]) => pair(key, value, LONGEST_TAG)) });
        const name = start.startStep === 0 ? 'config.yaml' : `config-step-${start.startStep}.yaml`;
        return putArtifact(place, name, Buffer.from(start.configText), signal);
      }
      case 'figures':
        return;
      case 'rollouts':
        return sendRollouts(entry, place, delivery);
      case 'table': {
        const { name, columns, rows } = entry.table;
        return sendTable(`${name}-step-${entry.step}.json`, columns, rows, place, delivery);
      }
      case 'alert': {
        const { name, message } = entry.alert;
        await log({ tags: [pair(`alert.${name}`, `step ${entry.step}: ${message}`, LONGEST_TAG)] });
        return;
      }
      case 'end': {
        const { reason, why } = entry.ending;
        const text = why === undefined ? reason : `${reason}: ${why}`;
        await log({ tags: [pair('loci.end', text, LONGEST_TAG)] });
        const status =
          reason === 'failed' ? 'FAILED' : reason === 'stopped' ? 'KILLED' : 'FINISHED';
        await post('runs/update', { run_id: place.id, status, end_time: entry.time }, signal);
        return;
      }
      default:
        entry satisfies never;
    }
  }

  /** Sends a table of rollouts, and their pictures beside it. */
  async function sendRollouts(
    { step, rollouts }: Extract<TrackedEntry, { kind: 'rollouts' }>,
    place: RunPlace,
    delivery: Delivery,
  ): Promise<void> {
    for (const { picture } of rollouts) {
      const bytes = picture === undefined ? undefined : delivery.picture(picture);
      if (bytes !== undefined)
        await putArtifact(place, `rollouts/${picture}`, bytes, delivery.signal);
    }
    const names = [...new Set(rollouts.flatMap(({ rewards }) => Object.keys(rewards)))];
    const columns = [
      'question',
      'truth',
      'completion',
      'reward',
      ...names,
      'advantage',
      'kind',
      'sample',
      'picture',
    ];
    const rows = rollouts.map((one) => rolloutRow(one, names));
    await sendTable(`rollouts/step-${step}.json`, columns, rows, place, delivery);
  }

  /** Sends a table in the form of `mlflow.log_table`, which MLflow displays. */
  async function sendTable(
    path: string,
    columns: readonly string[],
    data: readonly (readonly (string | number | null)[])[],
    place: RunPlace,
    { state, note, signal }: Delivery,
  ): Promise<void> {
    if (!isServed(place)) return;
    await putArtifact(place, path, Buffer.from(JSON.stringify({ columns, data })), signal);
    // The tag has room for the newest tables only; the artifacts hold all of them.
    const listed = [...(JSON.parse(state['tables'] ?? '[]') as readonly string[]), path];
    const tables = [...new Set(listed)].slice(-MOST_TABLES);
    note({ tables: JSON.stringify(tables) });
    const value = JSON.stringify(tables.map((one) => ({ path: one, type: 'table' })));
    await post('runs/set-tag', { run_id: place.id, key: 'mlflow.loggedArtifacts', value }, signal);
  }

  /** Uploads a file; does nothing where the server keeps no artifacts itself. */
  async function putArtifact(
    place: RunPlace,
    path: string,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    if (!isServed(place)) return;
    const root = place.artifacts.replace(/^mlflow-artifacts:\/*(?:[^/]*:\d+\/)?/u, '');
    const parts = `${root}/${path}`.split('/').map(encodeURIComponent);
    await ask({
      method: 'PUT',
      url: `/api/2.0/mlflow-artifacts/artifacts/${parts.join('/')}`,
      body,
      signal,
    });
  }
}

interface MlflowRunReply {
  readonly info: { readonly run_id: string; readonly artifact_uri?: string };
}

/** A run on the server, and the place of its artifacts. */
interface RunPlace {
  readonly id: string;
  readonly artifacts: string;
}

function isServed({ artifacts }: RunPlace): boolean {
  return artifacts.startsWith('mlflow-artifacts:');
}

function metricsOf(entry: TrackedEntry): readonly Metric[] {
  const { step, time: timestamp } = entry;
  if (entry.kind === 'alert') {
    return [{ key: `alert/${entry.alert.name}`, value: entry.alert.value, timestamp, step }];
  }
  if (entry.kind !== 'figures') return [];
  return Object.entries(entry.values).map(([name, value]) => {
    return { key: keyOf(name), value, timestamp, step };
  });
}

/** A key of letters, digits and `_-. :/`, since MLflow takes no others. */
function keyOf(name: string): string {
  return name.replaceAll(/[^\w\-. :/]/gu, '_');
}

function pair(key: string, value: string, longest: number): Pair {
  return { key: keyOf(key), value: value.slice(0, longest) };
}

function startTags(
  start: Extract<TrackedEntry, { kind: 'start' }>['start'],
): readonly (readonly [string, string])[] {
  const { command, model, versions, trainingSamples } = start;
  return [
    ['loci.model', model],
    ['loci.trainingSamples', String(trainingSamples)],
    ...Object.entries(versions).map(([name, of]) => [`loci.version.${name}`, of] as const),
    ...(command === undefined ? [] : [['loci.command', command] as const]),
  ];
}

function rolloutRow(
  one: TrackedRollout,
  names: readonly string[],
): readonly (string | number | null)[] {
  const { problem, options, solution, text, reward, rewards, advantage, kind, sampleId, picture } =
    one;
  const truth = solution.replaceAll(/<\/?answer>/gu, '').trim();
  return [
    ...[[problem, ...options].join('\n'), truth, text, reward],
    ...names.map((name) => rewards[name] ?? null),
    ...[advantage, kind, sampleId, picture === undefined ? null : `rollouts/${picture}`],
  ];
}
