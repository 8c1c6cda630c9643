/** The policy on a clock is the policy, and its clock runs while it works. */
import { expect, test } from '@jest/globals';
import { FakePolicy, describePolicyContract } from '@loci/core/testing';
import { BusyClock, timedPolicy } from '../../src/bench-run/timed-policy.ts';

describePolicyContract({
  name: 'timed',
  create: async () => timedPolicy(new FakePolicy(), new BusyClock()),
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'A or B' }] }],
});

test('sampling is on the clock from its first token to its last', async () => {
  let now = 0;
  const clock = new BusyClock(() => now);
  const policy = timedPolicy(new FakePolicy(), clock);
  const sampling = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 2 };
  const prompts = [{ tokenIds: Int32Array.of(1, 2), media: [] }];
  const request = { prompts, completionsPerPrompt: 1, sampling, seed: 0 };
  await new Promise<void>((complete, fail) => {
    policy.sample(request).subscribe({ next: () => now++, error: fail, complete });
  });
  const spent = clock.seconds;
  now += 100;
  expect(spent).toBeGreaterThan(0);
  expect(clock.seconds).toBe(spent);
});
