/** The cost of requests to servers: estimates and budgets. */
import type { EncodedPrompt } from './prompt.ts';

/** Money reserved for one request. */
export interface SetAside {
  /** Records the actual cost of the request and frees the rest. */
  settle(cost: number): void;
}

/** A budget in the currency of the prices. Several users may share one. */
export interface SpendingBudget {
  /** Infinity without a limit. */
  readonly limit: number;
  readonly spent: number;
  /**
   * Reserves the greatest cost of a request, an estimate that earlier requests correct. When it does not fit, it waits for running requests,
   * which may free money.
   *
   * @throws LociError `budget-spent` when it does not fit and none is under way; the signal's reason when it is raised first.
   */
  setAside(most: number, signal?: AbortSignal): Promise<SetAside>;
}

/** Expected tokens of a completion, and their cost. */
export interface ExpectedUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent without prices. */
  readonly cost?: number;
}

/** Estimates and budget of a policy that costs money for each token. */
export interface PolicySpending {
  /** An estimate for one completion that reaches its limit. */
  expect(prompt: EncodedPrompt, maxNewTokens: number): ExpectedUsage;
  /**
   * Pays all further requests from this budget; those that do not fit fail with LociError `budget-spent`.
   *
   * @throws LociError `prices-missing` when the policy has no prices.
   */
  payFrom(budget: SpendingBudget): void;
}
