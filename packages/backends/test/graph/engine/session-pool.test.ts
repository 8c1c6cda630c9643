import { beforeEach, describe, expect, test } from '@jest/globals';
import { SessionPool } from '../../../src/graph/engine/session-pool.ts';

/** A promise that is kept from outside. */
function pending(): { readonly promise: Promise<void>; keep(): void } {
  let keep: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (keep = resolve));
  return { promise, keep };
}

describe('sessions that are lent', () => {
  let made: number;
  let released: number[];
  let pool: SessionPool<string>;
  beforeEach(() => {
    made = 0;
    released = [];
    pool = new SessionPool({ releaseSession: async ({ id }) => void released.push(id) });
  });
  const create = (facts: string) => () => ({ session: Promise.resolve({ id: made++ }), facts });

  test('users at once share one, which is made once', async () => {
    const users = [1, 2].map(() => pool.use('a', create('first'), async ({ id }) => id));
    expect(await Promise.all(users)).toEqual([0, 0]);
    expect([made, released]).toEqual([1, []]);
    await pool.remove(['a', 'never there']);
    expect([released, pool.facts.size]).toEqual([[0], 0]);
  });

  test('one that is taken out while it works is released after its last user', async () => {
    const [first, second] = [pending(), pending()];
    const users = [first, second].map(({ promise }) => pool.use('a', create('old'), () => promise));
    await pool.remove(['a']);
    const newer = await pool.use('a', create('new'), async ({ id }, facts) => [id, facts]);
    first.keep();
    await users[0];
    expect([newer, released]).toEqual([[1, 'new'], []]);
    second.keep();
    await users[1];
    expect([released, [...pool.facts]]).toEqual([[0], [['a', 'new']]]);
  });

  test('the least recently used comes first', async () => {
    for (const key of ['a', 'b', 'c', 'a']) await pool.use(key, create(key), async () => undefined);
    expect([...pool.facts.keys()]).toEqual(['b', 'c', 'a']);
  });

  test('one that is not made is not kept, nor released; work that fails is', async () => {
    const broken = () => ({ session: Promise.reject(new Error('no')), facts: 'broken' });
    await expect(pool.use('a', broken, async () => undefined)).rejects.toThrow('no');
    const failing = pool.use('a', create('good'), () => Promise.reject(new Error('bad work')));
    await expect(failing).rejects.toThrow('bad work');
    expect([...pool.facts]).toEqual([['a', 'good']]);
    await pool.remove(['a']);
    expect(released).toEqual([0]);
  });
});
