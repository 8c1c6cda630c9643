/** The names of the alerts. */
export type AlertName =
  | 'reward-takes-over'
  | 'reward-spread-collapses'
  | 'length-drifts'
  | 'kl-grows'
  | 'gap-grows'
  | 'groups-without-signal'
  | 'rewards-fail';

/** A finding in the figures of a run that a person should check. The run continues. */
export interface RunAlert {
  readonly name: AlertName;
  /** The step whose figures raised it. */
  readonly step: number;
  /** The metric concerned, `weighted/map`. */
  readonly metric: string;
  /** The value compared with the threshold: a mean over the last steps, a ratio, or a share. */
  readonly value: number;
  /** As the config sets it. */
  readonly threshold: number;
  /** What happened and what to check, for people. */
  readonly message: string;
}
