/** The form of the reward server's record. */
import type { RolloutLine } from '@loci/core';

/** A line of the record: a rollout, its group, its place in the group, and its split. */
export interface RecordedLine extends RolloutLine {
  readonly group: string;
  readonly member: string;
  readonly split: 'train' | 'validation';
}
