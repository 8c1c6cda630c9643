/** Rollouts of a step as the run folder keeps them. */

/** What was sampled in a step. */
export interface FoundRollouts {
  /** Lines of `rollouts.jsonl`, each with its line feed. */
  readonly text: string;
  /** Figures that only the rollouts tell: `reward/<name>`, `weighted/<name>`. */
  readonly values: Readonly<Record<string, number>>;
}

/** Gives the rollouts of each step once, in order. */
export interface StepRollouts {
  of(step: number): FoundRollouts;
  /** Begins anew behind what there is by now, for an attempt that repeats steps. */
  skip(): void;
  /** Where a later process goes on, in bytes of the record. */
  readonly consumed: number;
}

/** A run whose rollouts nobody records here. */
export const NO_ROLLOUTS: StepRollouts = {
  of: () => ({ text: '', values: {} }),
  skip: () => undefined,
  consumed: 0,
};
