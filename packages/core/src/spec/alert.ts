/** What an alert is about. */
export type AlertName =
  | 'reward-takes-over'
  | 'reward-spread-collapses'
  | 'length-drifts'
  | 'kl-grows'
  | 'gap-grows'
  | 'groups-without-signal'
  | 'rewards-fail';

/** Something in the figures of a run that a person should look at. The run goes on. */
export interface RunAlert {
  readonly name: AlertName;
  /** The step whose figures raised it. */
  readonly step: number;
  /** The metric that it is about, `weighted/map`. */
  readonly metric: string;
  /** What was compared with the threshold: a mean over the last steps, a ratio, or a share. */
  readonly value: number;
  /** As the config sets it. */
  readonly threshold: number;
  /** What happened and what to look at, for people. */
  readonly message: string;
}
