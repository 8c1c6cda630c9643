import type { RunConfig, RunReward } from '@loci/core';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import type { RunSurroundings } from '../open-run.ts';
import type { ConfigSource } from '../defaults.ts';

/** The rewards of a run, with those in the server's thread replaced by the same ones in threads of their own. */
export interface ThreadedRewards {
  /** Starts the threads, once. @throws LociError when a thread fails to start. */
  open(): Promise<readonly RunReward[]>;
  /** Ends them. */
  dispose(): Promise<void>;
}

/**
 * Prepares a second, threaded edition of the rewards of a run. A reward with `isolate: false` in its config stays in place; one in threads
 * already is the same in both.
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

/** Whether a reward runs in the server's thread. */
function isInPlace({ reward }: RunReward): boolean {
  return !('scoreWithin' in reward);
}

/** The reward in a thread, without its gate: the gate may name a reward outside of this run, and is applied to the outcomes later. */
function inThread(reward: RunConfig['rewards'][number]): RunConfig['rewards'][number] {
  return { ...reward, gate: undefined, isolate: true };
}
