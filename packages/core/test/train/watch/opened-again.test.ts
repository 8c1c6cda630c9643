import { expect, test } from '@jest/globals';
import type { GroupScore } from '../../../src/rollout/score-groups.ts';
import { fakeSample } from '../../../src/testing/index.ts';
import { OpenedAgainWatch } from '../../../src/train/watch/opened-again.ts';

function scored(texts: readonly string[], opened?: string): GroupScore {
  const rollouts = texts.map((text) => ({
    text,
    tokenIds: new Int32Array(2),
    logProbs: new Float32Array(2),
    finishReason: 'stop' as const,
  }));
  const prompt = { tokenIds: new Int32Array(1), media: [], opened };
  const said = { outcomes: new Map(), contributions: new Map(), rewards: new Float64Array(2) };
  return { group: { sample: fakeSample(), prompt, rollouts, ...said }, failures: [] };
}

const again = '<think>a</think>';
const once = 'a</think>';

test('a model that writes again what its prompt opened is told of, once', () => {
  const watch = new OpenedAgainWatch();
  expect(watch.observe(1, [])).toBeUndefined();
  expect(watch.observe(2, [scored([again, again])])).toBeUndefined();
  expect(watch.observe(3, [scored([again, once, once, once], '<think>\n')])).toBeUndefined();
  expect(watch.observe(4, [scored([again, once], '<think>\n')])).toMatch(
    /^Step 4: .* opens the answer with <think>, and 1 of 2 completions write <think> again/,
  );
  expect(watch.observe(5, [scored([again, again], '<think>\n')])).toBeUndefined();
});

test('text that opens no tag is never repeated', () => {
  const watch = new OpenedAgainWatch();
  expect(watch.observe(1, [scored(['Well, 2 < 3'], 'Well, ')])).toBeUndefined();
});
