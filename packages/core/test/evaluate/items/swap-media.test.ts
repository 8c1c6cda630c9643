import { describe, expect, test } from '@jest/globals';
import { concernsItem } from '../../../src/evaluate/items/conditions.ts';
import { itemOfSample, sampleOfItem } from '../../../src/evaluate/items/items.ts';
import { swapMedia } from '../../../src/evaluate/items/swap-media.ts';
import type { BenchmarkItem } from '../../../src/spec/index.ts';
import { fakeSample } from '../../../src/testing/index.ts';

/** An item of the files; those that end in `.mp4` are videos. */
const itemOf = (...paths: readonly string[]): BenchmarkItem =>
  itemOfSample(
    fakeSample({
      id: paths.join(' '),
      media: paths.map((path) => ({ kind: path.endsWith('.mp4') ? 'video' : 'image', path })),
    }),
  );

const pathsOf = (items: readonly BenchmarkItem[], seed = 1) =>
  new Map(
    [...swapMedia(items, seed)!].map(([id, media]) => [
      id,
      media.map(({ path }) => path).join(' '),
    ]),
  );

describe('media of another scene', () => {
  test('are as many and of the same kinds where there are such', () => {
    const swapped = pathsOf([
      itemOf('a.png', 'b.png'),
      itemOf('c.mp4'),
      itemOf('d.png', 'e.png'),
      itemOf('f.mp4'),
      itemOf('g.mp4', 'h.png'),
    ]);
    expect(swapped.get('a.png b.png')).toBe('d.png e.png');
    expect(swapped.get('d.png e.png')).toBe('a.png b.png');
    expect(swapped.get('c.mp4')).toBe('f.mp4');
    expect(swapped.get('f.mp4')).toBe('c.mp4');
    expect(swapped.get('g.mp4 h.png')).not.toBe('g.mp4 h.png');
  });

  test('a question without media keeps its nothing, and alone there is nothing to swap', () => {
    expect(pathsOf([itemOf(), itemOf('a.mp4'), itemOf('b.mp4')]).has('')).toBe(false);
    expect(swapMedia([itemOf(), itemOf('a.mp4')], 1)).toBeUndefined();
  });
});

test('a condition is asked where it changes something', () => {
  const still = itemOf('a.png');
  const mixed = itemOf('a.png', 'b.mp4');
  const asked = (item: BenchmarkItem) =>
    (['as-filmed', 'blank', 'shuffled'] as const).filter((condition) =>
      concernsItem(condition, item),
    );
  expect(asked(mixed)).toEqual(['as-filmed', 'blank', 'shuffled']);
  expect(asked(still)).toEqual(['as-filmed', 'blank']);
  expect(asked(itemOf())).toEqual(['as-filmed']);
});

test('an item of a benchmark becomes a sample with all its media', () => {
  const views: BenchmarkItem = {
    ...{ id: 'v', task: 'views', groups: {}, question: 'Which?', options: [], answer: '2' },
    media: itemOf('a.png', 'b.png', 'c.mp4').media,
  };
  expect(sampleOfItem(views).media).toEqual(views.media);
  expect(sampleOfItem({ ...views, media: [] }).media).toEqual([]);
});
