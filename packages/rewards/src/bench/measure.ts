/** Measures rewards one after the other on one thread. */
import type { RewardInput, RewardOutcome, ScoredText } from '@loci/core';
import type { BenchReward } from './bench-rewards.ts';
import type { BenchGroup } from './groups.ts';

/** The median. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seconds of each reward for all groups. As in a run, every reward gets the outcomes of those before it. */
export async function timeGroups(
  rewards: readonly BenchReward[],
  groups: readonly BenchGroup[],
): Promise<ReadonlyMap<string, number>> {
  const outcomes = groups.map(() => new Map<string, readonly RewardOutcome[]>());
  const seconds = new Map<string, number>();
  for (const { label, name, reward } of rewards) {
    const inputs = groups.map((group, index) => inputOf(group, outcomes[index]!));
    const start = performance.now();
    for (const [index, input] of inputs.entries())
      outcomes[index]!.set(name, await reward.score(input));
    seconds.set(label, (performance.now() - start) / 1000);
  }
  return seconds;
}

/** Milliseconds for one completion: the least of several calls, which excludes most noise of the machine. */
export async function timeText(
  { reward }: BenchReward,
  sample: BenchGroup['sample'],
  text: string,
  calls: number,
): Promise<number> {
  const completion: ScoredText = { text, tokenCount: 512, finishReason: 'stop' };
  let least = Infinity;
  for (let call = 0; call < calls; call++) {
    const input = inputOf({ sample, completions: [completion] }, right());
    const start = performance.now();
    await reward.score(input);
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function right(): ReadonlyMap<string, readonly RewardOutcome[]> {
  return new Map([['answer', [{ status: 'scored', value: 1 }]]]);
}

function inputOf(
  { sample, completions }: BenchGroup,
  outcomes: RewardInput['outcomes'],
): RewardInput {
  return { sample, completions, outcomes, signal: new AbortController().signal };
}
