import { expect, test } from '@jest/globals';
import { fakeSample } from '../../../src/testing/index.ts';
import type { SpanAdvantage } from '../../../src/spec/index.ts';
import { completionFacts } from '../../../src/train/loop/learning-batch.ts';
import type { LearningGroup } from '../../../src/train/loop/learning-batch.ts';
import { tokenStarts, withTokenAdvantages } from '../../../src/train/loop/token-advantages.ts';

const WORDS = ['', '<map>', '[1,2]', '[3,4]', '</map>', ' yes'];
const byWords = {
  detokenize: (ids: Int32Array) => Array.from(ids, (id) => WORDS[id]!).join(''),
};

/** Ids are bytes of UTF-8, so that a letter may take several. */
const byBytes = {
  detokenize: (ids: Int32Array) => new TextDecoder().decode(Uint8Array.from(ids)),
};

function groupOf(
  tokenIds: readonly number[],
  spans: readonly SpanAdvantage[],
  opened?: string,
): LearningGroup {
  const ids = Int32Array.from(tokenIds);
  const rollout = {
    text: byWords.detokenize(ids),
    tokenIds: ids,
    logProbs: new Float32Array(ids.length),
    finishReason: 'stop' as const,
  };
  return {
    sample: fakeSample(),
    prompt: { tokenIds: new Int32Array(), media: [], ...(opened !== undefined && { opened }) },
    rollouts: [rollout],
    rewards: Float64Array.of(1),
    contributions: new Map(),
    outcomes: new Map(),
    advantages: Float64Array.of(0.5),
    spans: [spans],
  };
}

test('each token has the advantage of the stretch that its text begins in, else that of the completion', () => {
  // <map>[1,2][3,4]</map> yes END: starts 0, 5, 10, 15, 21, 25.
  const group = groupOf(
    [1, 2, 3, 4, 5, 0],
    [
      { start: 5, end: 10, advantage: 2 },
      { start: 10, end: 15, advantage: -1 },
      { start: 15, end: Infinity, advantage: 0 },
    ],
  );
  const { tokenAdvantages } = withTokenAdvantages(group, byWords);
  expect([...tokenAdvantages![0]!]).toEqual([0.5, 2, -1, 0, 0, 0]);
});

test('stretches are of the turn: what the prompt opened is counted in', () => {
  const group = groupOf([1, 2, 4], [{ start: 12, end: 17, advantage: 2 }], '<think>');
  const { tokenAdvantages } = withTokenAdvantages(group, byWords);
  expect([...tokenAdvantages![0]!]).toEqual([0.5, 2, 0.5]);
});

test('an objective is given them beside the advantage of the completion, and only where there are any', () => {
  const group = groupOf([1, 2], [{ start: 5, end: 10, advantage: 2 }]);
  const [facts] = completionFacts([withTokenAdvantages(group, byWords)], true);
  expect(facts).toMatchObject({ advantage: 0.5, tokenAdvantages: Float64Array.of(0.5, 2) });
  const plain = { ...group };
  delete plain.spans;
  expect(withTokenAdvantages(plain, byWords)).toBe(plain);
  expect(completionFacts([plain], true)[0]).not.toHaveProperty('tokenAdvantages');
});

test('tokens that write one letter together begin where it begins', () => {
  const text = 'a–b';
  const tokenIds = Int32Array.from(new TextEncoder().encode(text));
  expect(tokenIds).toHaveLength(5);
  expect(tokenStarts({ text, tokenIds }, byBytes)).toEqual([0, 1, 1, 1, 2]);
});

test('a processor that is a class keeps its own state', () => {
  class Words {
    readonly #words = WORDS;
    detokenize(ids: Int32Array): string {
      return Array.from(ids, (id) => this.#words[id]!).join('');
    }
  }
  const tokenIds = Int32Array.of(1, 2);
  expect(tokenStarts({ text: '<map>[1,2]', tokenIds }, new Words())).toEqual([0, 5]);
});
