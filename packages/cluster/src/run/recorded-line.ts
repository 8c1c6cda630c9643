/** What the reward server of a run records. */
import type { RolloutLine } from '@loci/core';

/** A line of the record: that of a rollout, the group it is of, and whether it was sampled to learn from. */
export interface RecordedLine extends RolloutLine {
  readonly group: string;
  readonly member: string;
  readonly split: 'train' | 'validation';
}
