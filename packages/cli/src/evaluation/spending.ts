/** Estimates the cost of an evaluation of a model on a server, and holds it to a budget. */
import { Budget, LociError, expectedCost, money } from '@loci/core';
import type { PlannedEvaluation, Policy, PredictionRow, SpendingWatch } from '@loci/core';

/** The money of one evaluation. */
export interface EvaluationSpending {
  readonly watch: SpendingWatch;
  /** The estimate, for people; empty where nothing is paid. */
  readonly lines: readonly string[];
}

/** An evaluation with its budget. */
export interface PaidEvaluation extends PlannedEvaluation {
  /** Value of `--budget`; absent: no limit. */
  readonly budget: number | undefined;
  /** The judge of answers, which is paid from the same budget. */
  readonly judge: Policy | undefined;
}

/**
 * Estimates the cost, and puts policy and judge on the budget. What earlier processes paid for the same answers counts as spent.
 *
 * @throws LociError `prices-missing` for a budget without prices, `budget-free` for one of a model that costs nothing.
 */
export async function planSpending(plan: PaidEvaluation): Promise<EvaluationSpending> {
  const { policy, judge, budget, earlier } = plan;
  const spentBefore = costOfRows(earlier);
  if (budget !== undefined) {
    if (policy.spending === undefined) {
      throw new LociError(
        'budget-free',
        '--budget is for policies that are paid by the token, but this one is free: leave it out',
      );
    }
    const shared = new Budget(budget, spentBefore);
    policy.spending.payFrom(shared);
    judge?.spending?.payFrom(shared);
  }
  const expected = await expectedCost(plan);
  if (expected === undefined) return { watch: {}, lines: [] };
  const { answers, promptTokens, completionTokens, cost } = expected;
  const price =
    cost === undefined
      ? 'set policy.prices to see what that costs'
      : `up to ${money(cost)}, less what the cache of answers has`;
  const before = spentBefore > 0 ? `; ${money(spentBefore)} was spent before` : '';
  const lines = [
    `${answers} answers to come: about ${promptTokens} prompt tokens and at most ${completionTokens} completion tokens: ${price}${before}`,
  ];
  if (budget !== undefined && cost !== undefined && spentBefore + cost > budget) {
    lines.push(`the budget of ${money(budget)} may end before the last answer`);
  }
  return { watch: {}, lines };
}

/**
 * The message where the budget ended the evaluation; undefined where it did not.
 *
 * @throws LociError `budget-spent` when nothing was answered at all.
 */
export function stoppedByBudget(
  { spentBecause }: SpendingWatch,
  rows: ReadonlyMap<string, PredictionRow>,
  directory: string,
): string | undefined {
  if (spentBecause === undefined) return undefined;
  if (rows.size === 0) {
    throw new LociError(
      'budget-spent',
      `Nothing was answered: ${spentBecause}. Give a larger --budget`,
    );
  }
  return (
    `stopped at the budget: ${spentBecause}. The figures cover the ${rows.size} answers so far, which come first in the benchmark's order and may differ from the rest. ` +
    `They are kept in ${directory}: the same command with a larger --budget continues from there`
  );
}

function costOfRows(rows: ReadonlyMap<string, PredictionRow>): number {
  let cost = 0;
  for (const { usage } of rows.values()) cost += usage?.cost ?? 0;
  return cost;
}
