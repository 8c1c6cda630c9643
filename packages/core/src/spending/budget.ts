/** A limit on money that several askers share: policies behind a server, judges. Nothing is sent that may not fit into what is left. */
import { LociError } from '../errors/loci-error.ts';
import type { SetAside, SpendingBudget } from '../spec/index.ts';

/** The code of the error with which a request ends that the budget does not allow. */
export const BUDGET_SPENT = 'budget-spent';

/**
 * What may be spent.
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
  #dearest: number | undefined;
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
      const most = guess * (this.#dearest ?? 1);
      const fits = this.#spent + this.#aside + most <= this.limit;
      // The first request goes alone: it shows what the others cost.
      const isFirst = this.#dearest === undefined && this.limit < Infinity;
      if (this.#underWay === 0 || !isFirst) {
        if (fits) return this.#take(guess, most);
        if (this.#underWay === 0) throw this.#refusal(most);
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
        if (cost > 0) this.#dearest = Math.max(this.#dearest ?? 1, guess > 0 ? cost / guess : 1);
        this.#underWay--;
        // Sums of fractions leave a rest that belongs to no request.
        this.#aside = this.#underWay === 0 ? 0 : this.#aside - most;
        for (const wake of this.#waiting.splice(0)) wake();
      },
    };
  }

  #refusal(most: number): LociError {
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
