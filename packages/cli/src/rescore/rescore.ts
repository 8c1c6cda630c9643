/** Scores stored rollouts again, in the order of the file and a few groups at a time. */
import { LociError, rolloutLines, scoreGroups } from '@loci/core';
import type { RolloutLine, RunReward } from '@loci/core';
import { GroupGatherer, linesOfLooks, rebuildGroup } from './group-rollouts.ts';
import type { LineGroup } from './group-rollouts.ts';
import { readRollouts } from './read-rollouts.ts';
import type { ReadLine } from './read-rollouts.ts';

/** Groups of a step that are scored together. */
const AT_ONCE = 8;

/** A completion as it was stored and as it is scored now. */
export interface Rescored {
  readonly stored: RolloutLine;
  readonly now: RolloutLine;
}

/** Receives results during scoring. */
export interface RescoreListener {
  /** Called for every valid line, including those under other looks, in the order of the file. */
  onLine(rescored: Rescored): void;
  onBroken?(line: number, reason: string): void;
  /** Called with the bytes of the file that have been read. */
  onProgress?(bytes: number): void;
}

/** Counts of the file. */
export interface RescoreCounts {
  readonly groups: number;
  readonly completions: number;
  readonly brokenLines: number;
  /** Groups with missing completions, where rewards that compare completions may differ. */
  readonly incompleteGroups: number;
}

/**
 * Scores the rollouts of a file with `rewards`, each with the weights of its own step.
 *
 * @throws LociError `rollouts-unreadable`, `rollouts-old`, `rollouts-empty`.
 */
export async function rescore(
  file: string,
  rewards: readonly RunReward[],
  listener: RescoreListener,
): Promise<RescoreCounts> {
  const gatherer = new GroupGatherer();
  const counts = { groups: 0, completions: 0, brokenLines: 0, incompleteGroups: 0 };
  let waiting: LineGroup[] = [];

  const flush = async (): Promise<void> => {
    const groups = waiting;
    waiting = [];
    for (const rescored of await scoreTogether(groups, rewards)) listener.onLine(rescored);
  };
  const take = async (group: LineGroup | undefined): Promise<void> => {
    if (group === undefined) return;
    if (group.missing > 0 || group.lines.length === 0) counts.incompleteGroups++;
    if (group.lines.length === 0) {
      await flush();
      for (const stored of linesOfLooks(group)) listener.onLine({ stored, now: stored });
      return;
    }
    counts.groups++;
    counts.completions += group.lines.length;
    if (waiting.length === AT_ONCE || (waiting[0]?.step ?? group.step) !== group.step)
      await flush();
    waiting.push(group);
  };

  for await (const read of readRollouts(file)) {
    if (isBroken(read)) {
      counts.brokenLines++;
      listener.onBroken?.(read.line, read.broken);
    } else {
      await take(gatherer.add(read.rollout));
    }
    listener.onProgress?.(read.endByte);
  }
  await take(gatherer.end());
  await flush();
  if (counts.groups > 0) return counts;
  throw new LociError(
    'rollouts-empty',
    `${file} has no valid rollout` +
      (counts.brokenLines > 0 ? `; ${counts.brokenLines} lines are broken` : ''),
  );
}

function isBroken(read: ReadLine): read is Extract<ReadLine, { readonly broken: string }> {
  return read.broken !== undefined;
}

/** Groups of one step. */
async function scoreTogether(
  groups: readonly LineGroup[],
  rewards: readonly RunReward[],
): Promise<readonly Rescored[]> {
  const [first] = groups;
  if (first === undefined) return [];
  const scores = await scoreGroups(groups.map(rebuildGroup), rewards, first.step);
  return groups.flatMap((group, index) => {
    const { step, lines } = group;
    const written = rolloutLines(step, scores[index]!, undefined);
    return [...lines, ...linesOfLooks(group)].map((stored, place): Rescored => {
      // Through JSON, as stored lines are: keys that JSON leaves out would otherwise count as changed.
      const line = JSON.parse(JSON.stringify(written[place])) as RolloutLine;
      const { reward, outcomes, contributions } = line;
      const scored = { reward, outcomes, ...(contributions && { contributions }), advantage: null };
      return { stored, now: { ...stored, ...scored } };
    });
  });
}
