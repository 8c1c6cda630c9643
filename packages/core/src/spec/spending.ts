/** Money that requests to servers cost: what is expected, and what may be spent. */
import type { EncodedPrompt } from './prompt.ts';

/** Money that is set aside for one request. */
export interface SetAside {
  /** What the request cost in the end; the rest is free again. */
  settle(cost: number): void;
}

/** What may be spent, in the currency of the prices. Several askers may share one. */
export interface SpendingBudget {
  /** Infinity where there is no limit. */
  readonly limit: number;
  readonly spent: number;
  /**
   * Sets aside what a request may cost at most, by a guess that earlier requests correct. Where it does not fit, it waits for requests under
   * way, whose rest may make room.
   *
   * @throws LociError `budget-spent` when it does not fit and none is under way; the signal's reason when it is raised first.
   */
  setAside(most: number, signal?: AbortSignal): Promise<SetAside>;
}

/** Tokens that a completion may take, and what they cost. */
export interface ExpectedUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent without prices. */
  readonly cost?: number;
}

/** What a policy that is paid by the token is expected to cost, and may spend. */
export interface PolicySpending {
  /** A guess at one completion that reaches its limit. */
  expect(prompt: EncodedPrompt, maxNewTokens: number): ExpectedUsage;
  /**
   * From here on requests are paid from this budget; those that do not fit fail with LociError `budget-spent`.
   *
   * @throws LociError `prices-missing` when the policy does not know what a request costs.
   */
  payFrom(budget: SpendingBudget): void;
}
