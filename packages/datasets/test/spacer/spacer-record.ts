import type { SpacerRecord } from '../../src/spacer/record.ts';

/** A record that is in order, about `videos/a.mp4`. */
export function spacerRecord(
  id: number | string,
  fields: Partial<SpacerRecord> = {},
): SpacerRecord {
  return {
    problem_id: id,
    problem: 'how many chairs?',
    options: [],
    problem_type: 'numerical',
    solution: '<answer>2</answer>',
    data_type: 'video',
    path: 'videos/a.mp4',
    data_source: 'SR_dataset',
    ...fields,
  };
}
