import type { RunConfig, RunReward } from '@loci/core';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import type { RunSurroundings } from '../open-run.ts';
import type { ConfigSource } from '../defaults.ts';

/** The rewards of a run, those that run in place replaced by the same in threads. */
export interface ThreadedRewards {
  /** Starts the threads, once. @throws LociError what a thread could not do. */
  open(): Promise<readonly RunReward[]>;
  /** Ends them. */
  dispose(): Promise<void>;
}

/**
 * Prepares a second, threaded edition of the rewards of a run. A reward with `isolate: false` stays where it is, because its config
 * says so; one in threads already is the same in both.
 */
export function threadedRewards(
  rewards: readonly RunReward[],
  source: ConfigSource,
  io: Io,
  surroundings: RunSurroundings,
): ThreadedRewards {
  let run: ReturnType<typeof openRun> | undefined;
  return {
    async open() {
      run ??= openRun(source, io, surroundings, (config) => ({
        ...config,
        rewards: config.rewards.flatMap((reward, index) =>
          isInPlace(rewards[index]!) && reward.isolate === undefined ? [inThread(reward)] : [],
        ),
      }));
      const threaded = new Map<string, RunReward>();
      for (const entry of await (await run).rewards()) threaded.set(entry.name, entry);
      return rewards.map((entry) => ({
        ...entry,
        reward: threaded.get(entry.name)?.reward ?? entry.reward,
      }));
    },
    async dispose() {
      await run?.then(
        (opened) => opened.dispose(),
        () => undefined, // never opened
      );
    },
  };
}

/** Whether a reward is called where the server listens. */
export function isInPlace({ reward }: RunReward): boolean {
  return !('scoreWithin' in reward);
}

/** Its gate may name a reward that is not part of this run; gates are applied to what comes back. */
function inThread(reward: RunConfig['rewards'][number]): RunConfig['rewards'][number] {
  return { ...reward, gate: undefined, isolate: true };
}
