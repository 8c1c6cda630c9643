import { beforeEach, describe, expect, test } from '@jest/globals';
import { ThreadCalls } from '../../src/threads/thread-calls.ts';

describe('calls to a thread', () => {
  let posted: unknown[];
  let holdsProcess: boolean;
  let calls: ThreadCalls;
  beforeEach(() => {
    [posted, holdsProcess] = [[], true];
    const thread = {
      postMessage: (message: unknown) => void posted.push(structuredClone(message)),
      ref: () => void (holdsProcess = true),
      unref: () => void (holdsProcess = false),
    };
    calls = new ThreadCalls(thread, 'the thread');
  });

  test('answers find their requests in any order, and hold the process until the last', async () => {
    const [first, second] = [calls.ask({ what: 1 }), calls.ask({ what: 2 })];
    expect(posted).toEqual([
      { id: 0, what: 1 },
      { id: 1, what: 2 },
    ]);
    calls.settle(1, { value: 'two' });
    expect(holdsProcess).toBe(true);
    calls.settle(0, { error: new Error('none') });
    expect(holdsProcess).toBe(false);
    await expect(first).rejects.toThrow('none');
    expect(await second).toBe('two');
  });

  test('what cannot be posted is refused and holds nothing', async () => {
    await expect(calls.ask({ what: () => 1 })).rejects.toThrow('could not be cloned');
    expect(holdsProcess).toBe(false);
  });

  test('the end of the thread is the answer to what waits and what comes', async () => {
    const waiting = calls.ask({});
    calls.stop('crashed');
    calls.stop('was disposed');
    const ended = { code: 'engine-stopped', message: 'the thread crashed' };
    await expect(waiting).rejects.toMatchObject(ended);
    await expect(calls.ask({})).rejects.toMatchObject(ended);
    expect([calls.isStopped, posted]).toEqual([true, [{ id: 0 }]]);
  });

  test('an answer on its way does not let the process end before a thread that is being ended', async () => {
    const waiting = calls.ask({});
    calls.stop('was disposed');
    await expect(waiting).rejects.toMatchObject({ code: 'engine-stopped' });
    calls.settle(0, { value: 'late' });
    expect(holdsProcess).toBe(true);
  });
});
