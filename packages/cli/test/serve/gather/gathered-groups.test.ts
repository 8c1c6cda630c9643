import { describe, expect, test } from '@jest/globals';
import { GatheredGroups } from '../../../src/serve/gather/gathered-groups.ts';
import type { WholeGroup } from '../../../src/serve/gather/gathered-groups.ts';
import { gatherBody } from '../../../src/serve/gather/wire.ts';
import type { GatherBody } from '../../../src/serve/gather/wire.ts';
import { SAMPLE } from '../wire-text.ts';

function body(member: string, more: Partial<GatherBody> = {}): GatherBody {
  const plain = { group: 'g', size: 3, member, sample: SAMPLE, completion: { text: member } };
  return { ...gatherBody.parse(plain), ...more };
}

const LIMITS = { idleMs: 1000, keepMs: 1000, groups: 2 };

function held(now = () => 0) {
  const scored: WholeGroup[] = [];
  const groups = new GatheredGroups(
    async (group) => {
      scored.push(group);
      return group.members.map((_, index) => ({ status: 'scored', score: index, columns: {} }));
    },
    LIMITS,
    now,
  );
  return { groups, scored };
}

describe('GatheredGroups', () => {
  test('scores a group once, when it is whole, and answers each member however often it asks', async () => {
    const { groups, scored } = held();
    expect(await groups.ask(body('a'))).toEqual({ status: 'waiting', arrived: 1, size: 3 });
    expect(await groups.ask(body('a'))).toEqual({ status: 'waiting', arrived: 1, size: 3 });
    expect(await groups.ask(body('b'))).toEqual({ status: 'waiting', arrived: 2, size: 3 });
    expect(await groups.ask(body('c'))).toMatchObject({ score: 2 });
    expect(await groups.ask(body('a'))).toMatchObject({ score: 0 });
    expect(await groups.ask(body('a'))).toMatchObject({ score: 0 });
    expect(scored.map(({ members }) => members.map(({ member }) => member))).toEqual([
      ['a', 'b', 'c'],
    ]);
  });

  test('a new completion of an answered name begins the next group', async () => {
    const { groups, scored } = held();
    for (const member of ['a', 'b', 'c']) await groups.ask(body(member));
    expect(await groups.ask(body('d'))).toEqual({ status: 'waiting', arrived: 1, size: 3 });
    for (const member of ['e', 'f']) await groups.ask(body(member));
    expect(scored).toHaveLength(2);
  });

  test('a group that stays incomplete fails for those that came, with the number of them', async () => {
    let now = 0;
    const { groups, scored } = held(() => now);
    await groups.ask(body('a'));
    now = 900;
    await groups.ask(body('b'));
    now = 1800; // the clock began again with b
    expect(await groups.ask(body('a'))).toMatchObject({ status: 'waiting' });
    now = 2000;
    const message = 'only 2 of the 3 completions of the group arrived';
    expect(await groups.ask(body('a'))).toEqual({ status: 'failed', message });
    expect(await groups.ask(body('b'))).toEqual({ status: 'failed', message });
    expect(scored).toHaveLength(0);
  });

  test('an error of scoring is the failure of all members', async () => {
    const groups = new GatheredGroups(
      () => Promise.reject(new Error('no judge')),
      LIMITS,
      () => 0,
    );
    const answers = await Promise.all(['a', 'b', 'c'].map((member) => groups.ask(body(member))));
    expect(answers.at(-1)).toEqual({ status: 'failed', message: 'no judge' });
    expect(await groups.ask(body('a'))).toEqual({ status: 'failed', message: 'no judge' });
  });

  test('refuses what contradicts the group, and too many groups', async () => {
    const { groups } = held();
    await groups.ask(body('a'));
    await expect(groups.ask(body('b', { size: 4 }))).rejects.toMatchObject({ statusCode: 400 });
    const other = { ...body('b').sample, solution: '<answer>9</answer>' };
    await expect(groups.ask(body('b', { sample: other }))).rejects.toMatchObject({
      statusCode: 400,
    });
    await groups.ask(body('a', { group: 'h' }));
    await expect(groups.ask(body('a', { group: 'i' }))).rejects.toMatchObject({ statusCode: 503 });
  });
});
