/** A spending limit that policies behind a server and judges share. A request that may exceed the rest is not sent. */
import { LociError } from '../errors/loci-error.ts';
import type { SetAside, SpendingBudget } from '../spec/index.ts';

/** Code of the error of a request that the budget does not allow. */
export const BUDGET_SPENT = 'budget-spent';

/**
 * An amount of money to spend.
 *
 * @example
 * const aside = await new Budget(5).setAside(0.01, signal);
 * aside.settle(0.004);
 */
export class Budget implements SpendingBudget {
  readonly limit: number;
  #spent: number;
  #aside = 0;
  #underWay = 0;
  /** The greatest share of what was set aside that a request cost, at least 1: guesses at the tokens of pictures can be far too low. */
  #greatestShare: number | undefined;
  #waiting: (() => void)[] = [];

  /** @param spentBefore by earlier processes on the same work. */
  constructor(limit = Infinity, spentBefore = 0) {
    this.limit = limit;
    this.#spent = spentBefore;
  }

  get spent(): number {
    return this.#spent;
  }

  async setAside(guess: number, signal?: AbortSignal): Promise<SetAside> {
    for (;;) {
      signal?.throwIfAborted();
      const most = guess * (this.#greatestShare ?? 1);
      const fits = this.#spent + this.#aside + most <= this.limit;
      // The first request runs alone: its cost shows what the others may cost.
      const isFirst = this.#greatestShare === undefined && this.limit < Infinity;
      if (this.#underWay === 0 || !isFirst) {
        if (fits) return this.#take(guess, most);
        if (this.#underWay === 0) throw this.#overspent(most);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #take(guess: number, most: number): SetAside {
    this.#aside += most;
    this.#underWay++;
    let isSettled = false;
    return {
      settle: (cost) => {
        if (isSettled) return;
        isSettled = true;
        this.#spent += cost;
        if (cost > 0)
          this.#greatestShare = Math.max(this.#greatestShare ?? 1, guess > 0 ? cost / guess : 1);
        this.#underWay--;
        // Sums of fractions leave a remainder that belongs to no request.
        this.#aside = this.#underWay === 0 ? 0 : this.#aside - most;
        for (const wake of this.#waiting.splice(0)) wake();
      },
    };
  }

  #overspent(most: number): LociError {
    return new LociError(
      BUDGET_SPENT,
      `${money(this.#spent)} of the budget of ${money(this.limit)} is spent, and the next request may cost ${money(most)}`,
    );
  }
}

/** An amount as messages show it: two digits after the point, four below 1. */
export function money(amount: number): string {
  return amount.toFixed(amount !== 0 && Math.abs(amount) < 1 ? 4 : 2);
}
