/** A metric sink that hands everything to a tracker. It never waits for the tracker during a run. */
import { join } from 'node:path';
import { LociError, messageOf, shownRolloutOptions, shownRollouts } from '@loci/core';
import type {
  LoggedRollout,
  MetricSink,
  PluginContext,
  SinkBacklog,
  ShownRolloutOptions,
} from '@loci/core';
import { z } from 'zod';
import { Courier } from './courier.ts';
import type { TrackedEntry, TrackedEvent, TrackedRollout, Tracker } from './entry.ts';
import { Outbox } from './outbox.ts';

/** Options of every tracker. */
export const trackerOptions = {
  ...shownRolloutOptions,
  run: z
    .string()
    .regex(/^[^/\\]+$/u, 'must not be a path')
    .optional()
    .describe('name of the run; unset: the name of its folder'),
  maxWaitingMb: z
    .number()
    .positive()
    .default(256)
    .describe('disk for entries that wait while the tracker is down, in MB'),
  endSeconds: z
    .number()
    .nonnegative()
    .default(5)
    .describe('seconds that the end of a run waits for the tracker'),
};

/** See `trackerOptions`. */
export interface TrackerOptions extends ShownRolloutOptions {
  readonly maxWaitingMb: number;
  readonly endSeconds: number;
}

/** Time limit of `catchUp`. */
const CATCH_UP_MS = 300_000;

/** An address without secrets: run folders store the config. */
export const trackerAddress = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
  .refine(
    (url) => !/^https?:\/\/[^/]*@|[?#]/u.test(url),
    'must contain no name, password or token: those come from the environment',
  )
  .transform((url) => url.replace(/\/+$/u, ''));

/**
 * The sink of a tracker.
 *
 * @param name of the sink, and of its folder below `trackers` in the run folder.
 * @throws LociError `no-run-directory`.
 */
export function trackerSink(
  name: string,
  tracker: Tracker,
  options: TrackerOptions,
  { runDirectory, logger, preview }: PluginContext,
): MetricSink {
  if (runDirectory === undefined) {
    const message = `The sink "${name}" needs a run folder: its entries wait there until they are sent`;
    throw new LociError('no-run-directory', message);
  }
  const outbox = new Outbox(join(runDirectory, 'trackers', name), options.maxWaitingMb * 1e6);
  const courier = new Courier(tracker, outbox, logger);
  let pictures: Promise<void> = Promise.resolve();
  const warned = new Set<string>();
  const warnOnce = (message: string): void => {
    if (!warned.has(message)) logger.warn(message);
    warned.add(message);
  };

  /** Adds an entry. A full disk only warns here; other writers end the run. */
  const put = (step: number, series: string, event: TrackedEvent): void => {
    const entry: TrackedEntry = { ...event, step, time: Date.now(), id: `${series}:${step}` };
    if (outbox.knows(entry)) return;
    const isLarge = event.kind === 'rollouts' || event.kind === 'table';
    const bytes = Buffer.byteLength(JSON.stringify(entry));
    try {
      if (outbox.hasRoom(bytes, isLarge)) outbox.append(entry);
      else {
        warnOnce(
          `${tracker.title} has been down for so long that ${isLarge ? 'rollouts and tables' : 'figures'} no longer wait for it (maxWaitingMb is ${options.maxWaitingMb}); the run folder still has them`,
        );
      }
    } catch (thrown) {
      warnOnce(`The outbox of ${tracker.title} cannot be written: ${messageOf(thrown)}`);
      return;
    }
    courier.start();
  };

  const draw = async (step: number, shown: readonly LoggedRollout[]): Promise<void> => {
    const rollouts: TrackedRollout[] = [];
    for (const [place, rollout] of shown.entries()) {
      const picture = await preview?.(rollout.media).catch(() => undefined);
      const file = `step-${step}-${place}.jpg`;
      const keeps = picture !== undefined && outbox.hasRoom(picture.jpeg.length, true);
      if (keeps) outbox.addPicture(file, picture.jpeg);
      rollouts.push({ ...trackedRollout(rollout), ...(keeps && { picture: file }) });
    }
    put(step, 'rollouts', { kind: 'rollouts', rollouts });
  };

  return {
    rewind: (lastStep) => outbox.rewind(lastStep),
    begin({ runDirectory: _, ...start }) {
      put(start.startStep, `start-${Date.now()}`, { kind: 'start', start });
    },
    write({ step, values }) {
      const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
      const [first] = finite;
      if (first === undefined) return;
      const event: TrackedEvent = { kind: 'figures', values: Object.fromEntries(finite) };
      put(step, `figures:${first[0]}`, event);
    },
    rollouts(step, all) {
      const shown = shownRollouts(step, all, options);
      if (shown.length === 0 || outbox.knows({ id: `rollouts:${step}`, step })) return;
      pictures = pictures
        .then(() => draw(step, shown))
        .catch((thrown: unknown) => {
          warnOnce(`${tracker.title} gets no rollouts of step ${step}: ${messageOf(thrown)}`);
        });
    },
    table(table) {
      put(table.step, `table:${table.name}`, { kind: 'table', table });
    },
    alert(alert) {
      put(alert.step, `alert:${alert.name}`, { kind: 'alert', alert });
    },
    end(ending) {
      put(ending.step, `end-${Date.now()}`, { kind: 'end', ending });
    },
    async catchUp(): Promise<SinkBacklog> {
      return { name, ...(await courier.finish(CATCH_UP_MS)) };
    },
    async close() {
      await pictures;
      if (outbox.waiting === 0) return;
      const { left, problem = '' } = await courier.finish(1000 * options.endSeconds);
      if (left === 0) return;
      logger.warn(
        `${tracker.title} has not received everything (${problem}); the rest waits in ${outbox.folder}. To send it: loci sync ${runDirectory}`,
      );
    },
  };
}

function trackedRollout(rollout: LoggedRollout): TrackedRollout {
  const { sampleId, kind, problem, options, solution, opened = '', text } = rollout;
  const { reward, advantage, outcomes } = rollout;
  const rewards = Object.entries(outcomes).map(
    ([name, outcome]) => [name, outcome.status === 'scored' ? outcome.value : null] as const,
  );
  return {
    ...{ sampleId, kind, problem, options, solution, reward, advantage },
    text: opened + text,
    rewards: Object.fromEntries(rewards),
  };
}
