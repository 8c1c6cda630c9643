/** The columns of an engine's reward table: the same names for every completion, whatever was said of it. */
import type { RewardOutcome, RunReward } from '@loci/core';

/** What a reward is known by before it has scored anything. */
export type DeclaredReward = Pick<RunReward, 'name'> & {
  readonly reward: Pick<RunReward['reward'], 'parts'>;
};

/**
 * The names, in order: what each reward adds to the score (`answer`), what it said (`answer/value`), whether it abstained
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

/** A completion as far as columns tell of it. */
export interface ColumnFacts {
  readonly tokenCount: number | undefined;
  readonly isTruncated: boolean;
  /** By reward: what it said, and what that adds. */
  readonly said: ReadonlyMap<string, { readonly outcome: RewardOutcome; readonly adds: number }>;
}

/**
 * The values of one completion, by column. What a reward that abstained would have said is 0 beside a 1 in its column `abstained`, as is a
 * part that it did not give: an engine's tables hold numbers alone.
 */
export function columnsOf(
  rewards: readonly DeclaredReward[],
  { tokenCount, isTruncated, said }: ColumnFacts,
): Readonly<Record<string, number>> {
  const columns: Record<string, number> = Object.fromEntries(
    columnNames(rewards).map((name) => [name, 0]),
  );
  for (const { name, reward } of rewards) {
    const one = said.get(name);
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
  const outcomes = [...said.values()].map(({ outcome }) => outcome.status);
  columns['abstained'] = outcomes.every((status) => status === 'abstained') ? 1 : 0;
  columns['tokens'] = tokenCount ?? 0;
  columns['truncated'] = isTruncated ? 1 : 0;
  return columns;
}
