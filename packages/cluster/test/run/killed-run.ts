/** A run whose process is killed at one of its requests, and another one that goes on with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeRay } from '../../src/testing/fake-ray.ts';
import { metricsOf, openToyRun, startsOf, toyPlace } from './toy-cluster.ts';

/** What became of it in the end. */
export interface SurvivedRun {
  readonly wasKilled: boolean;
  readonly reason: string;
  /** How often the job ran. */
  readonly starts: number;
  readonly steps: readonly number[];
}

/**
 * Kills at the first request that is meant, before or after the head has done what was asked.
 *
 * @param isMeant is given its number, from 1, and what it asks: `POST /api/jobs/`.
 */
export async function surviveKill(
  when: 'before' | 'after',
  isMeant: (request: number, what: string) => boolean,
): Promise<SurvivedRun> {
  const place = toyPlace();
  let wasKilled = false;
  let killed: (() => void) | undefined;
  const death = new Promise<void>((resolve) => (killed = resolve));
  const head = await new FakeRay({
    silences: (request, what) => {
      if (wasKilled || !isMeant(request, what)) return undefined;
      wasKilled = true;
      killed!();
      return when;
    },
  }).start();
  const first = openToyRun(place, head.url, { stepMs: 5 });
  const course = first.then((run) => run.train());
  course.catch(() => undefined);
  await Promise.race([death, course]);
  await sleep(30);
  // A process that was killed leaves its lock behind, and a lock of the dead is free.
  const begun = await Promise.race([first, sleep(0)]);
  await begun?.run.dispose();
  const second = await openToyRun(place, head.url, { stepMs: 5 }, begun !== undefined);
  const { reason } = await second.train();
  const steps = metricsOf(place).map(({ step }) => step);
  await head.dispose();
  return { wasKilled, reason, starts: startsOf(place), steps };
}
