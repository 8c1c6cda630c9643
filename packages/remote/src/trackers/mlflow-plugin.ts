/** The sink `mlflow`, and its credentials. */
import { basename } from 'node:path';
import { definePlugin } from '@loci/core';
import { z } from 'zod';
import { mlflowTracker } from './mlflow.ts';
import type { MlflowLogin } from './mlflow.ts';
import { trackerAddress, trackerOptions, trackerSink } from './tracker-sink.ts';

/** Sends a run to MLflow. A resumed run continues the same MLflow run. */
export const mlflowSink = definePlugin({
  kind: 'sink',
  name: 'mlflow',
  description:
    'Sends the config, figures, rollouts with pictures, tables and alerts to an MLflow server.',
  options: z.strictObject({
    server: trackerAddress
      .default('http://127.0.0.1:5000')
      .describe('tracking server; logs in with MLFLOW_TRACKING_TOKEN, or _USERNAME and _PASSWORD'),
    experiment: z.string().min(1).default('loci'),
    ...trackerOptions,
  }),
  create(options, context) {
    const { server, experiment } = options;
    const run = options.run ?? basename(context.runDirectory ?? '');
    const login = loginOf(process.env);
    return trackerSink(
      'mlflow',
      mlflowTracker({ server, experiment, run, login }),
      options,
      context,
    );
  },
});

/** Credentials from the variables that MLflow itself reads; undefined where none is set. */
export function loginOf(environment: NodeJS.ProcessEnv): MlflowLogin | undefined {
  const token = environment['MLFLOW_TRACKING_TOKEN'];
  if (token) return { authorization: `Bearer ${token}`, secret: token };
  const [user, password] = ['USERNAME', 'PASSWORD'].map(
    (name) => environment[`MLFLOW_TRACKING_${name}`],
  );
  if (!user || !password) return undefined;
  const pair = Buffer.from(`${user}:${password}`).toString('base64');
  return { authorization: `Basic ${pair}`, secret: password };
}
