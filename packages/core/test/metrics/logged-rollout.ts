import type { LoggedRollout } from '../../src/spec/index.ts';

/** A rollout of a sample with a reward. */
export function loggedRollout(
  sampleId: string,
  reward: number | null,
  more: Partial<LoggedRollout> = {},
): LoggedRollout {
  return {
    ...{ step: 10, sampleId, kind: 'counting', completion: 0, tokens: 9, reward, advantage: 0 },
    problem: 'How many chairs are there?',
    options: [],
    solution: '<answer>3</answer>',
    media: [{ kind: 'video', path: `/videos/${sampleId}.mp4` }],
    text: '<answer>3</answer>',
    outcomes: { answer: { status: 'scored', value: reward ?? 0 } },
    ...more,
  };
}
