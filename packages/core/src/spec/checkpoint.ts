/** The state, beside weights and moments, that a run needs to resume as if it had never stopped. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  readonly seed: number;
  /** Samples consumed, so that the data order continues at the same place. */
  readonly samplesSeen: number;
  /** Groups dropped because a reward failed, by reward name. */
  readonly failedGroups: Readonly<Record<string, number>>;
  /** In a run with a curriculum. */
  readonly passRates?: PassRatesState | undefined;
  /** The step with the best held-out figure, in a run that keeps its checkpoint. */
  readonly best?: BestStep | undefined;
  /** Figures for `stopWhen`. */
  readonly watched?: WatchedFigures | undefined;
}

/** Pass rates of samples, by their index in the dataset. */
export interface PassRatesState {
  readonly tallies: Readonly<Record<string, readonly [passed: number, tried: number]>>;
  /** Steps that are not in the tallies yet, oldest first. */
  readonly recent: readonly {
    readonly step: number;
    readonly results: readonly {
      readonly index: number;
      readonly passed: number;
      readonly tried: number;
    }[];
  }[];
}

/** A step whose held-out figure is the greatest so far. */
export interface BestStep {
  readonly step: number;
  /** The figure of `checkpoint.best`. */
  readonly figure: string;
  readonly value: number;
}

/** A figure after some steps, oldest first. */
export interface FigureCourse {
  readonly figure: string;
  readonly points: readonly { readonly step: number; readonly value: number }[];
}

/** The figures that `stopWhen` judges. */
export interface WatchedFigures {
  readonly plateau?: FigureCourse | undefined;
  readonly collapse?: FigureCourse | undefined;
}
