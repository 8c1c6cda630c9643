import { lastValueFrom, of, take, toArray } from 'rxjs';
import { Observable } from 'rxjs';
import { describe, expect, test } from '@jest/globals';
import { collectGroups } from '../../src/rollout/collect-groups.ts';
import type { RolloutRequest } from '../../src/rollout/collect-groups.ts';
import { untilAborted } from '../../src/rollout/until-aborted.ts';
import type { SampleEvent } from '../../src/spec/index.ts';
import { fakePolicy, fakeSample } from '../../src/testing/index.ts';

async function request(): Promise<RolloutRequest> {
  const { processor } = fakePolicy();
  const prompts = await Promise.all(
    ['A', 'B 1'].map(async (text) => ({
      sample: fakeSample({ id: text }),
      prompt: await processor.encode([{ role: 'user', parts: [{ type: 'text', text }] }]),
    })),
  );
  const sampling = {
    temperature: 1,
    topP: 1,
    topK: 0,
    repetitionPenalty: 1,
    maxNewTokens: 6,
    chunkTokens: 2,
  };
  return { prompts, completionsPerPrompt: 3, sampling, seed: 5 };
}

/** A policy whose stream is the given events. */
function scripted(events: readonly SampleEvent[]): ReturnType<typeof fakePolicy> {
  return Object.assign(fakePolicy(), { sample: () => of(...events) });
}

const event = (prompt: number, completion: number): SampleEvent => ({
  type: 'completion',
  prompt,
  completion,
  tokenIds: Int32Array.of(4, 0),
  logProbs: Float32Array.of(-1, -2),
  finishReason: 'stop',
});

describe('collectGroups', () => {
  test('gathers the completions of each prompt and passes chunks on', async () => {
    const events = await lastValueFrom(
      collectGroups(fakePolicy(), await request()).pipe(toArray()),
    );
    const groups = events.filter((found) => found.type === 'group');
    expect(groups.map(({ index }) => index)).toEqual([0, 1]);
    expect(groups.map(({ group }) => group.sample.id)).toEqual(['A', 'B 1']);
    for (const { group } of groups) {
      expect(group.rollouts).toHaveLength(3);
      for (const { tokenIds, logProbs } of group.rollouts)
        expect(logProbs).toHaveLength(tokenIds.length);
    }
    expect(events.some(({ type }) => type === 'chunk')).toBe(true);
  });

  test('orders completions by index whatever the order they finish in', async () => {
    const policy = scripted([
      event(1, 2),
      event(0, 1),
      event(1, 0),
      event(0, 2),
      event(1, 1),
      event(0, 0),
    ]);
    const events = await lastValueFrom(collectGroups(policy, await request()).pipe(toArray()));
    expect(events.map((found) => found.type === 'group' && found.index)).toEqual([1, 0]);
  });

  test('unsubscribing stops the policy', async () => {
    let stopped = false;
    const policy = Object.assign(fakePolicy(), {
      sample: () =>
        new Observable<SampleEvent>((subscriber) => {
          subscriber.next({ ...event(0, 0), type: 'chunk' });
          return () => {
            stopped = true;
          };
        }),
    });
    await lastValueFrom(collectGroups(policy, await request()).pipe(take(1)));
    expect(stopped).toBe(true);
  });

  test('a raised signal unsubscribes and rejects', async () => {
    const controller = new AbortController();
    const work = lastValueFrom(
      collectGroups(fakePolicy(), await request()).pipe(untilAborted(controller.signal)),
    );
    controller.abort();
    await expect(work).rejects.toMatchObject({ code: 'stopped' });
    const late = lastValueFrom(
      collectGroups(fakePolicy(), await request()).pipe(untilAborted(controller.signal)),
    );
    await expect(late).rejects.toMatchObject({ code: 'stopped' });
  });

  test('missing completions, ones that nobody asked for and ones that come twice are errors', async () => {
    const all = await request();
    const collect = (events: readonly SampleEvent[]): Promise<unknown> =>
      lastValueFrom(collectGroups(scripted(events), all).pipe(toArray()));
    await expect(collect([event(0, 0)])).rejects.toMatchObject({
      code: 'sampling-incomplete',
      message: expect.stringContaining('5 of 6'),
    });
    await expect(collect([event(2, 0)])).rejects.toMatchObject({ code: 'sampling-address' });
    await expect(collect([event(0, 3)])).rejects.toMatchObject({ code: 'sampling-address' });
    const twice = [event(0, 0), event(0, 1), event(0, 2), event(0, 2)];
    const other = [event(1, 0), event(1, 1), event(1, 2)];
    await expect(collect([...twice, ...other])).rejects.toMatchObject({ code: 'sampling-address' });
  });

  test('nothing asked, nothing emitted', async () => {
    const events = collectGroups(fakePolicy(), { ...(await request()), prompts: [] });
    expect(await lastValueFrom(events.pipe(toArray()))).toEqual([]);
  });
});
