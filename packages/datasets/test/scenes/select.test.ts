import { expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import type { QuestionKindName } from '../../src/rooms/questions/all.ts';
import type { Candidate } from '../../src/scenes/candidates.ts';
import { sceneRecipeSchema } from '../../src/scenes/recipe.ts';
import { selectBalanced } from '../../src/scenes/select.ts';

/** So many questions of a kind whose answer is in each class, one a scene. */
function offer(kind: QuestionKindName, counts: Readonly<Record<string, number>>): Candidate[] {
  return Object.entries(counts).flatMap(([answerClass, count]) =>
    Array.from({ length: count }, (_, index) => ({
      scene: `scene-${index}`,
      kind,
      draft: { problem: `${kind} ${answerClass} ${index}`, answer: '1', steps: '', answerClass },
    })),
  );
}

const select = (candidates: readonly Candidate[], recipe = {}) =>
  selectBalanced(candidates, sceneRecipeSchema.parse(recipe), randomStream(1));

function classesOf(chosen: readonly Candidate[], kind: QuestionKindName) {
  const counts: Record<string, number> = {};
  for (const { kind: own, draft } of chosen) {
    if (own === kind) counts[draft.answerClass] = (counts[draft.answerClass] ?? 0) + 1;
  }
  return counts;
}

test('classes of answers are filled evenly, the rare ones to their end', () => {
  const { chosen } = select(offer('counting', { 1: 500, 2: 60, 3: 30, 4: 4 }), { questions: 84 });
  expect(classesOf(chosen, 'counting')).toEqual({ 1: 27, 2: 27, 3: 26, 4: 4 });
});

test('a class of answers has no more than its share, even where nothing else is left', () => {
  const { chosen, kinds } = select(offer('counting', { 1: 500, 2: 60, 3: 30, 4: 10 }));
  const counts = classesOf(chosen, 'counting');
  expect(counts).toMatchObject({ 2: 60, 3: 30, 4: 10 });
  expect(counts['1']! / chosen.length).toBeLessThanOrEqual(0.4);
  expect(counts['1']! / chosen.length).toBeGreaterThan(0.38);
  expect(kinds.counting.offered).toBe(chosen.length);
});

test('without a number the scarcest kind decides; weights are kept', () => {
  const candidates = [
    ...offer('counting', { 1: 20, 2: 20, 3: 20 }),
    ...offer('absolute-distance', { near: 100, far: 100 }),
    ...offer('relative-direction-easy', { left: 300, right: 300 }),
    ...offer('relative-direction-hard', { 'back left': 5, 'front left': 5 }),
  ];
  const equal = select(candidates);
  expect(equal.scarcest).toBe('counting');
  expect(equal.chosen).toHaveLength(180);
  expect(classesOf(equal.chosen, 'relative-direction-hard')).toEqual({
    'back left': 5,
    'front left': 5,
  });
  expect(classesOf(equal.chosen, 'relative-direction-easy')).toEqual({ left: 25, right: 25 });
  const weighed = select(candidates, { shares: { counting: 1, 'absolute-distance': 3 } });
  expect(weighed.kinds).toMatchObject({
    counting: { wanted: 60 },
    'absolute-distance': { wanted: 180 },
    'relative-direction': { wanted: 0, offered: 610 },
  });
});

test('the shares of SR-91k add up to what was asked for', () => {
  const names = ['counting', 'absolute-distance', 'relative-direction-easy', 'appearance-order', 'object-size', 'relative-distance'] as const; // prettier-ignore
  const candidates = names.flatMap((kind) => offer(kind, { a: 400, b: 400, c: 400 }));
  const { kinds, chosen, scarcest } = select(candidates, { shares: 'sr-91k', questions: 1000 });
  expect(scarcest).toBeUndefined();
  expect(chosen).toHaveLength(1000);
  expect(Object.values(kinds).map(({ wanted }) => wanted)).toEqual([335, 164, 164, 157, 124, 56]);
});

test('scenes take turns', () => {
  const scenes = ['a', 'b', 'c'].flatMap((scene) =>
    offer('counting', { 1: 4, 2: 4 }).map((candidate) => ({ ...candidate, scene })),
  );
  const { chosen } = select(scenes, { questions: 6 });
  expect(new Set(chosen.map(({ scene }) => scene)).size).toBe(3);
  expect(new Set(chosen.map(({ scene, draft }) => `${scene} ${draft.answerClass}`)).size).toBe(6);
});
