/** Whoever sends a job is killed as it is sent: there is one job all the same. `killed.slow.ts` kills at every request. */
import { expect, test } from '@jest/globals';
import { surviveKill } from './killed-run.ts';

test.each(['before', 'after'] as const)(
  'killed %s the head has the job, a run makes one',
  async (when) => {
    expect(await surviveKill(when, (_, what) => what === 'POST /api/jobs/')).toEqual({
      wasKilled: true,
      reason: 'finished',
      starts: 1,
      steps: [1, 2, 3, 4],
    });
  },
);
