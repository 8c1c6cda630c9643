/** Whoever runs a job is killed at each of its requests, before and after the head has done what was asked: there is one job all the same. */
import { expect, test } from '@jest/globals';
import { surviveKill } from './killed-run.ts';

/** From the first look at the head to the steps of the job. */
const REQUESTS = Array.from({ length: 14 }, (_, index) => index + 1);

test.each(REQUESTS)('killed at request %i, a run makes one job', async (at) => {
  for (const when of ['before', 'after'] as const) {
    const survived = await surviveKill(when, (request) => request === at);
    expect(survived).toEqual({
      wasKilled: true,
      reason: 'finished',
      starts: 1,
      steps: [1, 2, 3, 4],
    });
  }
});
