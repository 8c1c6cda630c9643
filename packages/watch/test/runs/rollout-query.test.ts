import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RolloutIndex } from '../../src/runs/rollout-index.ts';
import { findRollouts } from '../../src/runs/rollout-query.ts';
import type { RolloutQuery } from '../../src/runs/rollout-query.ts';
import { newRun, rollout, temporaryFolder, writeRollouts } from '../run-folder.ts';

/** Steps 1 and 2, two groups each, two completions a group; then one of another look, one left out, one that lost a reward. */
async function indexed(keptCharacters?: number): Promise<RolloutIndex> {
  const folder = newRun(temporaryFolder(), 'run');
  writeRollouts(folder, [
    ...[1, 2].flatMap((step) =>
      [0, 1].flatMap((group) => [0, 1].map((completion) => rollout(step, group, completion))),
    ),
    rollout(3, 0, 0),
    rollout(3, 0, 0, {
      look: 'blank',
      reward: null,
      advantage: null,
      outcomes: {},
      text: 'I see NOTHING',
    }),
    rollout(3, 1, 0, { advantage: null, leftOut: 'truncated', reward: -2 }),
    rollout(3, 2, 0, {
      reward: null,
      advantage: null,
      outcomes: { answer: { status: 'failed', reason: 'threw' } },
    }),
  ]);
  const index = new RolloutIndex(join(folder, 'rollouts.jsonl'), keptCharacters);
  await index.refresh();
  return index;
}

const QUERIES: readonly (readonly [string, RolloutQuery, readonly number[]])[] = [
  ['nothing', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ['a kind', { kind: 'room-size' }, [2, 3, 6, 7, 10]],
  ['a kind that there is not', { kind: 'other' }, []],
  ['steps', { fromStep: 2, toStep: 2 }, [4, 5, 6, 7]],
  ['a reward', { minReward: 1 }, [0, 2, 4, 6, 8]],
  ['a part', { part: 'answer', maxPart: 0 }, [1, 3, 5, 7]],
  ['a part of a reward', { part: 'map/score', minPart: 0.6 }, []],
  ['text of a completion, in any case', { text: ' nothing ' }, [9]],
  ['text of a question', { text: 'ROOM 2' }, [11]],
  ['what is trained on', { state: 'trained', fromStep: 3 }, [8]],
  ['what is left out', { state: 'left-out' }, [10, 11]],
  ['rewards that failed', { state: 'failed' }, [11]],
  ['other looks', { state: 'looks' }, [9]],
  ['several at once', { kind: 'counting', minReward: 1, text: '>3<' }, [0, 4, 8]],
  ['an order', { sort: 'reward', fromStep: 2 }, [10, 5, 7, 4, 6, 8, 9, 11]],
  [
    'an order from the end',
    { sort: 'reward', descending: true, fromStep: 2 },
    [4, 6, 8, 5, 7, 10, 9, 11],
  ],
  ['an order by a part', { sort: 'part', part: 'answer', toStep: 1 }, [1, 3, 0, 2]],
  ['the last first', { descending: true, toStep: 1 }, [3, 2, 1, 0]],
];

describe('a filter of rollouts', () => {
  test.each(QUERIES)('by %s', async (_, query, rows) => {
    expect([...(await findRollouts(await indexed(), query))]).toEqual(rows);
  });

  test('finds texts that are not kept in memory', async () => {
    expect([...(await findRollouts(await indexed(0), { text: 'nothing' }))]).toEqual([9]);
  });
});

test('groups are found from each of their rows, with other looks among them', async () => {
  const index = await indexed();
  expect(index.group(3)).toEqual({ rows: [2, 3], previous: 0, next: 4 });
  expect(index.group(0)).toEqual({ rows: [0, 1], previous: null, next: 2 });
  expect(index.group(9)).toEqual({ rows: [8, 9], previous: 6, next: 10 });
  expect(index.group(11).next).toBeNull();
  expect((await index.lines([9])).get(9)?.text).toBe('I see NOTHING');
});

test('a run that is resumed from an earlier step loses the rollouts after it', async () => {
  const folder = newRun(temporaryFolder(), 'run');
  writeRollouts(folder, [rollout(1, 0, 0), rollout(2, 0, 0)]);
  const path = join(folder, 'rollouts.jsonl');
  const index = new RolloutIndex(path);
  await index.refresh();
  truncateSync(path, index.columns.start.at(1));
  writeRollouts(folder, [rollout(2, 1, 0), rollout(3, 1, 0)]);
  await index.refresh();
  expect(index.count).toBe(3);
  expect([...(await index.lines([1, 2])).values()].map(({ sampleId }) => sampleId)).toEqual([
    'sample-1',
    'sample-1',
  ]);
});
