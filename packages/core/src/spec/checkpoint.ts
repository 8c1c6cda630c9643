/** What a run needs beside weights and moments to go on as if it had never stopped. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  readonly seed: number;
  /** Samples consumed, so that the data order goes on where it stood. */
  readonly samplesSeen: number;
  /** Groups dropped because a reward failed, by reward name. */
  readonly failedGroups: Readonly<Record<string, number>>;
  /** Of a run with a curriculum. */
  readonly passRates?: PassRatesState | undefined;
  /** The step with the best held-out figure, in a run that keeps its checkpoint. */
  readonly best?: BestStep | undefined;
  /** Figures that `stopWhen` looks at. */
  readonly watched?: WatchedFigures | undefined;
}

/** How often samples were answered well, by their index in the dataset. */
export interface PassRatesState {
  readonly tallies: Readonly<Record<string, readonly [passed: number, tried: number]>>;
  /** Steps that no draw knows of yet, oldest first. */
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
  /** As `checkpoint.best` names it. */
  readonly figure: string;
  readonly value: number;
}

/** A figure after some steps, oldest first. */
export interface FigureCourse {
  readonly figure: string;
  readonly points: readonly { readonly step: number; readonly value: number }[];
}

/** What the conditions of `stopWhen` are judged by. */
export interface WatchedFigures {
  readonly plateau?: FigureCourse | undefined;
  readonly collapse?: FigureCourse | undefined;
}
