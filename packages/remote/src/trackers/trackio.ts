/**
 * Sends to trackio (Hugging Face) by its HTTP API, as `trackio show` serves it. Figures and rollouts go to `bulk_log`, alerts to `bulk_alert`,
 * pictures to `upload` and `bulk_upload_media`. Everything has an id, so trackio can leave out what it already has.
 */
import { basename } from 'node:path';
import { LociError, definePlugin } from '@loci/core';
import { z } from 'zod';
import { configEntries } from './config-entries.ts';
import type { Delivery, TrackedEntry, TrackedRollout, Tracker } from './entry.ts';
import { TrackerStatusError, askTracker, withRefusals } from './tracker-request.ts';
import { trackerAddress, trackerOptions, trackerSink } from './tracker-sink.ts';

const TOKEN = 'TRACKIO_WRITE_TOKEN';

/** The sink `trackio`. */
export const trackioSink = definePlugin({
  kind: 'sink',
  name: 'trackio',
  description: 'Sends figures, rollouts with pictures, tables and alerts to a trackio server.',
  options: z.strictObject({
    server: trackerAddress
      .default('http://127.0.0.1:7860')
      .describe('address that `trackio show` prints, without the token'),
    project: z
      .string()
      .regex(/^[\w-]+$/u, 'must consist of letters, digits, - and _')
      .default('loci'),
    writeTokenEnv: z
      .string()
      .regex(
        /^[A-Za-z_][A-Za-z0-9_]*$/,
        'must be the name of an environment variable, not the token',
      )
      .default(TOKEN)
      .describe('environment variable that holds the write token'),
    ...trackerOptions,
  }),
  create(options, context) {
    const { server, project, writeTokenEnv } = options;
    const run = options.run ?? basename(context.runDirectory ?? '');
    const token = process.env[writeTokenEnv]?.trim() ?? '';
    if (token === '') throw tokenMissing(server, writeTokenEnv);
    return trackerSink(
      'trackio',
      trackioTracker({ server, project, run, token, writeTokenEnv }),
      options,
      context,
    );
  },
});

function tokenMissing(server: string, name: string): LociError {
  return new LociError(
    'api-key-missing',
    `trackio at ${server} needs a write token, and the environment variable ${name} is empty: export ${name}=… as \`trackio show\` prints it, or name another variable with writeTokenEnv`,
  );
}

/** A run of a project on a server. */
export interface TrackioRun {
  readonly server: string;
  readonly project: string;
  readonly run: string;
  readonly token: string;
  /** Where the token comes from, for messages. */
  readonly writeTokenEnv: string;
}

/** Sends to trackio. */
function trackioTracker(place: TrackioRun): Tracker {
  const { server, project, run, token, writeTokenEnv } = place;
  const headers = { 'x-trackio-write-token': token };

  async function call(
    name: string,
    body: object | FormData,
    signal: AbortSignal,
  ): Promise<unknown> {
    const url = `${server}/api/${name}`;
    try {
      const answer = await askTracker({
        method: 'POST',
        url,
        body,
        headers,
        secret: token,
        signal,
      });
      const { error } = (answer ?? {}) as { readonly error?: unknown };
      if (error === undefined || error === null) return answer;
      throw new TrackerStatusError(400, String(error));
    } catch (thrown) {
      // trackio sends status 400 for a wrong token. The same request succeeds later with another token.
      if (thrown instanceof TrackerStatusError && /write_token/u.test(thrown.body)) {
        throw new Error(
          `it does not accept the write token in ${writeTokenEnv}: ${thrown.message}`,
          {
            cause: thrown,
          },
        );
      }
      throw thrown;
    }
  }

  return {
    title: `trackio at ${server}`,
    send: (delivery) =>
      withRefusals(async () => {
        const of = { project, run, run_id: delivery.runId };
        await uploadPictures(delivery);
        const logs = delivery.entries.flatMap((entry) => {
          const metrics = metricsOf(entry, (picture) => filePath(entry, picture));
          if (metrics === undefined) return [];
          const config = entry.kind === 'start' ? { config: configOf(entry) } : {};
          const log_id = idOf(delivery, entry);
          return [{ ...of, metrics, step: entry.step, log_id, ...config }];
        });
        const { signal } = delivery;
        if (logs.length > 0) await call('bulk_log', { logs, hf_token: null }, signal);
        const alerts = delivery.entries.flatMap((entry) => {
          const alert = alertOf(entry);
          if (alert === undefined) return [];
          const timestamp = new Date(entry.time).toISOString();
          return [
            { ...of, ...alert, step: entry.step, timestamp, alert_id: idOf(delivery, entry) },
          ];
        });
        if (alerts.length > 0) await call('bulk_alert', { alerts, hf_token: null }, signal);
      }),
  };

  async function uploadPictures({ entries, picture, runId, signal }: Delivery): Promise<void> {
    for (const entry of entries) {
      if (entry.kind !== 'rollouts') continue;
      for (const { picture: name } of entry.rollouts) {
        const bytes = name === undefined ? undefined : picture(name);
        if (name === undefined || bytes === undefined) continue;
        const form = new FormData();
        form.append('files', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), name);
        const answer = (await call('upload', form, signal)) as {
          readonly paths?: readonly string[];
        };
        const path = answer.paths?.[0];
        if (path === undefined) throw new Error('it took a picture but named no path for it');
        const uploaded_file = { path, orig_name: name, meta: { _type: 'gradio.FileData' } };
        const upload = {
          project,
          run,
          run_id: runId,
          step: entry.step,
          relative_path: null,
          uploaded_file,
        };
        await call('bulk_upload_media', { uploads: [upload], hf_token: null }, signal);
      }
    }
  }

  /** The path under which trackio keeps a picture of a step. */
  function filePath({ step }: TrackedEntry, picture: string): string {
    return `${project}/${run}/${step}/${picture}`;
  }
}

function idOf({ runId }: Delivery, { id }: TrackedEntry): string {
  return `${runId}.${id.replaceAll(':', '.')}`;
}

function configOf({
  start,
}: Extract<TrackedEntry, { kind: 'start' }>): Readonly<Record<string, unknown>> {
  const { command, model, versions, trainingSamples, totalSteps } = start;
  return {
    ...Object.fromEntries(configEntries(start.configText)),
    ...{ model, trainingSamples, totalSteps },
    ...Object.fromEntries(Object.entries(versions).map(([name, of]) => [`version/${name}`, of])),
    ...(command !== undefined && { command }),
  };
}

/** The metrics of an entry for `bulk_log`; undefined for an entry that goes elsewhere. */
function metricsOf(
  entry: TrackedEntry,
  filePath: (picture: string) => string,
): Readonly<Record<string, unknown>> | undefined {
  switch (entry.kind) {
    case 'start':
      return {};
    case 'figures':
      return entry.values;
    case 'table': {
      const { name, columns, rows } = entry.table;
      const records = rows.map((row) =>
        Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
      );
      return { [name]: { _type: 'trackio.table', _value: records } };
    }
    case 'rollouts':
      return rolloutMetrics(entry.rollouts, filePath);
    case 'alert':
    case 'end':
      return undefined;
    default:
      return entry satisfies never;
  }
}

/** Traces with their text, and the pictures for the page of media. */
function rolloutMetrics(
  rollouts: readonly TrackedRollout[],
  filePath: (picture: string) => string,
): Readonly<Record<string, unknown>> {
  const imageOf = ({ picture, problem }: TrackedRollout) =>
    picture === undefined
      ? undefined
      : { _type: 'trackio.image', file_path: filePath(picture), caption: problem };
  const traces = rollouts.map((rollout) => {
    const { problem, options, text, solution, reward, rewards, advantage, kind, sampleId } =
      rollout;
    const image = imageOf(rollout);
    const question = { type: 'text', text: [problem, ...options].join('\n') };
    return {
      _type: 'trackio.trace',
      messages: [
        { role: 'user', content: image === undefined ? [question] : [image, question] },
        { role: 'assistant', content: text },
      ],
      metadata: { reward, advantage, truth: solution, kind, sampleId, ...prefixed(rewards) },
    };
  });
  const images = rollouts.flatMap((rollout, place) => {
    const image = imageOf(rollout);
    return image === undefined ? [] : [[`rollouts/${place}`, image] as const];
  });
  return { rollouts: traces, ...Object.fromEntries(images) };
}

function prefixed(rewards: TrackedRollout['rewards']): Readonly<Record<string, number | null>> {
  return Object.fromEntries(
    Object.entries(rewards).map(([name, value]) => [`reward/${name}`, value]),
  );
}

/** Alerts, and how the run ended. */
function alertOf(entry: TrackedEntry): Readonly<Record<string, string>> | undefined {
  if (entry.kind === 'alert') {
    return { title: entry.alert.name, text: entry.alert.message, level: 'warn' };
  }
  if (entry.kind !== 'end') return undefined;
  const { reason, why = '' } = entry.ending;
  return { title: `Run ${reason}`, text: why, level: reason === 'failed' ? 'error' : 'info' };
}
