/** The columns of an engine's reward table. Every completion has the same columns, whatever its outcomes. */
import type { RewardOutcome, RunReward } from '@loci/core';

/** The name and declared parts of a reward. */
export type DeclaredReward = Pick<RunReward, 'name'> & {
  readonly reward: Pick<RunReward['reward'], 'parts'>;
};

/**
 * The names, in order: what each reward adds to the score (`answer`), its value (`answer/value`), whether it abstained
 * (`answer/abstained`), and its declared parts (`answer/parsed`); then `abstained` (every reward did), `tokens` and `truncated`.
 */
export function columnNames(rewards: readonly DeclaredReward[]): readonly string[] {
  const own = rewards.flatMap(({ name, reward: { parts = [] } }) => [
    name,
    `${name}/value`,
    `${name}/abstained`,
    ...parts.map((part) => `${name}/${part}`),
  ]);
  return [...own, ...OWN_COLUMNS];
}

const OWN_COLUMNS = ['abstained', 'tokens', 'truncated'] as const;

/** The facts of a completion that its columns show. */
export interface ColumnFacts {
  readonly tokenCount: number | undefined;
  readonly isTruncated: boolean;
  /** By reward: its outcome, and what that adds to the score. */
  readonly byReward: ReadonlyMap<
    string,
    { readonly outcome: RewardOutcome; readonly adds: number }
  >;
}

/**
 * The values of one completion, by column. An engine's tables hold numbers only. So the value of a reward that abstained is 0, next to a 1 in
 * its column `abstained`; a part that it did not give is 0 too.
 */
export function columnsOf(
  rewards: readonly DeclaredReward[],
  { tokenCount, isTruncated, byReward }: ColumnFacts,
): Readonly<Record<string, number>> {
  const columns: Record<string, number> = Object.fromEntries(
    columnNames(rewards).map((name) => [name, 0]),
  );
  for (const { name, reward } of rewards) {
    const one = byReward.get(name);
    if (one === undefined) continue;
    const { outcome, adds } = one;
    columns[name] = adds;
    if (outcome.status !== 'scored') {
      columns[`${name}/abstained`] = 1;
      continue;
    }
    columns[`${name}/value`] = outcome.value;
    for (const part of reward.parts ?? []) columns[`${name}/${part}`] = outcome.parts?.[part] ?? 0;
  }
  const outcomes = [...byReward.values()].map(({ outcome }) => outcome.status);
  columns['abstained'] = outcomes.every((status) => status === 'abstained') ? 1 : 0;
  columns['tokens'] = tokenCount ?? 0;
  columns['truncated'] = isTruncated ? 1 : 0;
  return columns;
}
