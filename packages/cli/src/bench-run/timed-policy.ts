/** A policy that measures how long its engine has work, so that a run shows when the engine waits for something else. */
import type { Policy } from '@loci/core';
import { Observable } from 'rxjs';

/** Adds up the time in which at least one piece of work is under way. */
export class BusyClock {
  readonly #now: () => number;
  #running = 0;
  #since = 0;
  #seconds = 0;

  /** @param now in seconds. */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
  }

  /** Seconds so far, work under way included. */
  get seconds(): number {
    return this.#seconds + (this.#running > 0 ? this.#now() - this.#since : 0);
  }

  /** Work begins; what is returned ends it, once. */
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

/** The policy with its work on the clock: sampling, passes, updates, and the reading and writing of weights. */
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
    logProbs: (...asked) => timed(policy.logProbs(...asked)),
    forwardBackward: (...asked) => timed(policy.forwardBackward(...asked)),
    optimStep: (parameters) => timed(policy.optimStep(parameters)),
    save: (...asked) => timed(policy.save(...asked)),
    load: (directory) => timed(policy.load(directory)),
    dispose: () => policy.dispose(),
  };
}
