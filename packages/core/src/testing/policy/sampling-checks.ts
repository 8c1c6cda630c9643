/** Checks of sampling: which completion an event belongs to, its order, what tokens depend on, and cancellation. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { config, take } from 'rxjs';
import type { Policy, SampleEvent } from '../../spec/index.ts';
import type { PolicyCheck } from './policy-check.ts';
import { SAMPLING, assertClose, collect, draw, finished, sample, tokensOf } from './workload.ts';

/** Of completions and their stream. */
export const SAMPLING_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'it can do what the contract was told, and says what it is',
    async run({ policy, claimed }) {
      const { trainable, streaming, losses, entropies, maxTokens, description } =
        policy.capabilities;
      assert.deepEqual(
        { trainable, streaming, losses: [...losses].sort(), entropies },
        { ...claimed, losses: [...claimed.losses].sort() },
        'say what it can do in `can`',
      );
      assert.ok(maxTokens > 0, 'no room for a token');
      assert.ok(description.length > 0, 'its description is empty');
    },
  },
  {
    name: 'a prompt is encoded the same way twice, within the vocabulary; end tokens have no text',
    async run({ policy: { processor }, prompt }) {
      const { stopTokenIds, vocabularySize } = processor;
      const text = processor.detokenize(prompt.tokenIds);
      assert.deepEqual(processor.tokenize(text), processor.tokenize(text));
      assert.ok(prompt.tokenIds.length > 0 && stopTokenIds.length > 0);
      for (const id of [...prompt.tokenIds, ...stopTokenIds]) {
        assert.ok(Number.isInteger(id) && id >= 0 && id < vocabularySize, `token id ${id}`);
      }
      assert.equal(processor.detokenize(Int32Array.from(stopTokenIds)), '');
      const opened = prompt.opened?.trim() ?? '';
      assert.ok(text.trim().endsWith(opened), `the prompt does not end in "${opened}"`);
    },
  },
  {
    name: 'every completion is finished once; its chunks lead up to it; an end token is its last',
    async run({ policy, prompt }) {
      const prompts = [prompt, { ...prompt, tokenIds: prompt.tokenIds.slice() }];
      const request = { prompts, completionsPerPrompt: 3, sampling: SAMPLING, seed: 7 };
      const events = await collect(policy.sample(request));
      const wanted = prompts.flatMap((_, place) => [0, 1, 2].map((index) => `${place}/${index}`));
      assert.deepEqual(finished(events).map(addressOf), wanted);
      assert.deepEqual([...new Set(events.map(addressOf))].sort(), wanted);
      for (const address of wanted) {
        assertWhole(
          policy,
          events.filter((event) => addressOf(event) === address),
        );
      }
    },
  },
  {
    name: 'chunks come before the completion that they belong to is finished',
    needs: ['streaming'],
    async run({ policy, prompt }) {
      const heard = await collect(sample(policy, prompt, { count: 4 }));
      const long = finished(heard).filter(({ tokenIds }) => tokenIds.length > 4);
      assert.ok(long.length > 0, 'all completions ended within 4 tokens: give another prompt');
      for (const { completion, tokenIds } of long) {
        const own = heard.filter((event) => event.completion === completion);
        const chunks = own.findIndex(({ type }) => type === 'completion');
        assert.ok(chunks > 0, `no chunk of ${tokenIds.length} tokens before they were complete`);
      }
    },
  },
  {
    name: 'the same seed gives the same tokens, another seed others',
    async run({ policy, prompt }) {
      const first = tokensOf(await draw(policy, prompt, { count: 4 }));
      assert.deepEqual(tokensOf(await draw(policy, prompt, { count: 4 })), first);
      assert.notDeepEqual(tokensOf(await draw(policy, prompt, { count: 4, seed: 8 })), first);
    },
  },
  {
    name: 'greedy tokens are those of every seed, and of the narrowest filters',
    async run({ policy, prompt }) {
      const greedy = { temperature: 0 };
      const [one, two] = tokensOf(await draw(policy, prompt, { sampling: greedy }));
      assert.deepEqual(two, one);
      for (const sampling of [greedy, { topK: 1 }, { topP: 1e-6 }]) {
        const other = tokensOf(await draw(policy, prompt, { sampling, seed: 8 }));
        assert.deepEqual(other, [one, one], JSON.stringify(sampling));
      }
    },
  },
  {
    name: 'trainer and sampler agree on log-probabilities at the temperature, whatever was filtered',
    needs: ['training'],
    async run({ policy, prompt, logProbTolerance }) {
      for (const sampling of [
        {},
        { temperature: 0.7, topK: 6, topP: 0.9 },
        { temperature: 1.6 },
        { temperature: 0 },
      ]) {
        const readout = { temperature: sampling.temperature || 1 };
        const drawn = await draw(policy, prompt, { count: 3, sampling });
        const completions = drawn.map(({ tokenIds }) => tokenIds);
        const groups = [{ prompt, completions }];
        const { logProbs: found } = await policy.logProbs(groups, 'current', readout);
        for (const [index, { logProbs }] of drawn.entries()) {
          assertClose(found[0]![index]!, logProbs, logProbTolerance);
        }
      }
    },
  },
  {
    name: 'unsubscribing ends the work with the chunk in progress; the next request is as any other',
    async run({ policy, prompt }) {
      // Long enough to notice a canceled request that continues before or beside it.
      const next = { count: 8 };
      const expected = tokensOf(await draw(policy, prompt, next));
      const room = policy.capabilities.maxTokens - prompt.tokenIds.length;
      const long = { count: 3, sampling: { maxNewTokens: Math.min(room, 160) } };
      const late = countLateEvents();
      try {
        await collect(sample(policy, prompt, long).pipe(take(1)));
        assert.deepEqual(tokensOf(await draw(policy, prompt, next)), expected);
        const events = await late.count();
        assert.ok(events <= long.count, `${events} events after nobody listened any more`);
      } finally {
        late.stop();
      }
    },
  },
  {
    name: 'a request that is called off before its first token costs the next one nothing',
    async run({ policy, prompt }) {
      const expected = tokensOf(await draw(policy, prompt));
      sample(policy, prompt).subscribe().unsubscribe();
      await collect(sample(policy, prompt).pipe(take(1)));
      assert.deepEqual(tokensOf(await draw(policy, prompt)), expected);
    },
  },
];

function addressOf({ prompt, completion }: SampleEvent): string {
  return `${prompt}/${completion}`;
}

/** Whether these events of one completion make sense together. */
function assertWhole({ processor, capabilities }: Policy, events: readonly SampleEvent[]): void {
  const last = events.at(-1)!;
  assert.equal(last.type, 'completion', 'something comes after the finished completion');
  const { tokenIds, logProbs } = last;
  assert.equal(tokenIds.length, logProbs.length);
  assert.ok(tokenIds.length > 0 && tokenIds.length <= SAMPLING.maxNewTokens);
  assert.ok(
    logProbs.every((value) => value <= 1e-6),
    'a probability above 1',
  );
  const chunks = events.slice(0, -1);
  assert.ok(capabilities.streaming || chunks.length === 0, 'chunks, though it does not stream');
  const streamed = chunks.flatMap((chunk) => [...chunk.tokenIds]);
  assert.deepEqual(streamed, [...tokenIds.slice(0, streamed.length)]);
  const stops = Array.from(tokenIds, (token) => processor.stopTokenIds.includes(token));
  assert.equal(stops.slice(0, -1).includes(true), false, 'tokens after an end token');
  assert.equal(last.type === 'completion' && last.finishReason === 'stop', stops.at(-1));
}

/** Counts what policies emit to nobody from now on. */
function countLateEvents(): { count(): Promise<number>; stop(): void } {
  let events = 0;
  const before = config.onStoppedNotification;
  config.onStoppedNotification = ({ kind }) => {
    if (kind === 'N') events++;
  };
  return {
    async count() {
      await pause(1); // RxJS reports them by a timer
      return events;
    },
    stop: () => (config.onStoppedNotification = before),
  };
}
