/** The contract of a source of rollouts, by step. */

/** The rollouts of a step. */
export interface FoundRollouts {
  /** Lines of `rollouts.jsonl`, each with its line feed. */
  readonly text: string;
  /** Figures that only the rollouts have: `reward/<name>`, `weighted/<name>`. */
  readonly values: Readonly<Record<string, number>>;
}

/** Gives the rollouts of each step once, in order. */
export interface StepRollouts {
  of(step: number): FoundRollouts;
  /** Skips everything recorded so far, for an attempt that repeats steps. */
  skip(): void;
  /** Bytes of the record that are done: a later process starts there. */
  readonly consumed: number;
}
