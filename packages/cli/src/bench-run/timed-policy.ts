/** Wraps a policy to measure how long its engine works, which shows when the engine waits. */
import type { Policy } from '@loci/core';
import { Observable } from 'rxjs';

/** Adds up the time in which at least one piece of work is running. */
export class BusyClock {
  readonly #now: () => number;
  #running = 0;
  #since = 0;
  #seconds = 0;

  /** @param now in seconds. */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
  }

  /** Seconds so far, including running work. */
  get seconds(): number {
    return this.#seconds + (this.#running > 0 ? this.#now() - this.#since : 0);
  }

  /** Starts a piece of work. @returns A function that ends it, once. */
  begin(): () => void {
    if (this.#running++ === 0) this.#since = this.#now();
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      if (--this.#running === 0) this.#seconds += this.#now() - this.#since;
    };
  }
}

/** The policy with its work timed: sampling, forward and backward passes, updates, and the reading and writing of weights. */
export function timedPolicy(policy: Policy, clock: BusyClock): Policy {
  const timed = async <Result>(work: Promise<Result>): Promise<Result> => {
    const end = clock.begin();
    try {
      return await work;
    } finally {
      end();
    }
  };
  return {
    capabilities: policy.capabilities,
    processor: policy.processor,
    sample: (request) =>
      new Observable((subscriber) => {
        const end = clock.begin();
        const subscription = policy.sample(request).subscribe(subscriber);
        return () => {
          subscription.unsubscribe();
          end();
        };
      }),
    logProbs: (...request) => timed(policy.logProbs(...request)),
    forwardBackward: (...request) => timed(policy.forwardBackward(...request)),
    optimStep: (parameters) => timed(policy.optimStep(parameters)),
    save: (...request) => timed(policy.save(...request)),
    load: (directory) => timed(policy.load(directory)),
    dispose: () => policy.dispose(),
  };
}
