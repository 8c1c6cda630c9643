/** Points on their way to a map score: maps that nobody has checked, and pairs of points. */

/** A map whose points are still to be checked; a `CognitiveMap` is one. */
export type PointMap = Readonly<Record<string, readonly (readonly number[])[]>>;

/** A predicted and a true point that belong together. */
export interface Match {
  readonly predicted: number;
  readonly true: number;
  /** Euclidean, in cells. */
  readonly distance: number;
}
