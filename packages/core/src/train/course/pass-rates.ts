/**
 * A curriculum by pass rate. A sample that the policy always or never gets right teaches nothing, so those in between are drawn more
 * often.
 *
 *     p = (passed + 1) / (tried + 2)            starts with one pass and one failure, so a new sample has p = ½
 *     weight = floor + (1 − floor) · 4 p (1 − p)     1 at p = ½, never below the floor
 *
 * Each later visit halves the weight of a visit, because the policy has moved since. The draws of a step use the results known `LAG`
 * steps before it began, however far prompts are read ahead. So a resumed run, or one that reads ahead, draws the same samples.
 */
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { LeadingReward } from '../../rollout/zero-variance.ts';
import type { PassRatesState } from '../../spec/index.ts';

/** Age, in steps, of the results that a draw uses; so many steps can be read ahead. */
export const LAG = 1;

/** Factor on older visits at each new one. */
const MEMORY = 0.5;

/** The result of one sample in a step. */
export interface PassResult {
  /** Of the sample within the dataset. */
  readonly index: number;
  /** Sum of the completions' values, each scaled from the range of the reward to 0…1. */
  readonly passed: number;
  /** Completions that the reward scored. */
  readonly tried: number;
}

/** The pass rates of one run. */
export class PassRates {
  readonly #floor: number;
  readonly #tallies: Map<number, readonly [passed: number, tried: number]>;
  #recent: readonly { readonly step: number; readonly results: readonly PassResult[] }[];

  /** @param floor Least weight, above 0 and at most 1. */
  constructor(floor: number, state: PassRatesState = { tallies: {}, recent: [] }) {
    this.#floor = floor;
    const entries = Object.entries(state.tallies);
    this.#tallies = new Map(entries.map(([index, tally]) => [Number(index), tally]));
    this.#recent = state.recent;
  }

  /** How likely a sample is to be drawn for a step, relative to others: floor…1. */
  weight(index: number, step: number): number {
    let tally = this.#tallies.get(index);
    for (const { step: seen, results } of this.#recent) {
      if (seen > step - 1 - LAG) break;
      for (const result of results) if (result.index === index) tally = remembered(tally, result);
    }
    const [passed, tried] = tally ?? [0, 0];
    const rate = (passed + 1) / (tried + 2);
    return this.#floor + (1 - this.#floor) * 4 * rate * (1 - rate);
  }

  /** Takes in a step that is done; steps come in order. */
  observe(step: number, results: readonly PassResult[]): void {
    this.#recent = [...this.#recent, { step, results }];
    // The next draw is for the step after this one at the earliest.
    for (const { step: seen, results: old } of this.#recent) {
      if (seen > step - LAG) break;
      for (const result of old) {
        this.#tallies.set(result.index, remembered(this.#tallies.get(result.index), result));
      }
    }
    this.#recent = this.#recent.filter(({ step: seen }) => seen > step - LAG);
  }

  /** State that a resumed run needs to draw the same samples. */
  get state(): PassRatesState {
    return { tallies: Object.fromEntries(this.#tallies), recent: this.#recent };
  }
}

/** The result of a group under the leading reward; undefined when it scored no completion. */
export function passResult(
  index: number,
  { group }: GroupScore,
  { name, range: [min, max] }: LeadingReward,
): PassResult | undefined {
  const values = (group.outcomes.get(name) ?? []).flatMap((outcome) =>
    outcome.status === 'scored' ? [outcome.value] : [],
  );
  if (values.length === 0 || max === min) return undefined;
  const passed = values.reduce((sum, value) => sum + (value - min) / (max - min), 0);
  return { index, passed, tried: values.length };
}

function remembered(
  [passed, tried]: readonly [number, number] = [0, 0],
  result: PassResult,
): readonly [number, number] {
  return [MEMORY * passed + result.passed, MEMORY * tried + result.tried];
}
