/** What a run needs beside weights and moments to go on as if it had never stopped. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  readonly seed: number;
  /** Samples consumed, so that the data order goes on where it stood. */
  readonly samplesSeen: number;
  /** Groups dropped because a reward failed, by reward name. */
  readonly failedGroups: Readonly<Record<string, number>>;
}
