import { expect, test } from '@jest/globals';
import { asSample, wireSample } from '../../src/serve/wire.ts';

const FACTS = { problemType: 'numerical', solution: '<answer>2</answer>' } as const;
const mediaOf = (media?: unknown) =>
  asSample(wireSample.parse({ ...FACTS, ...(media !== undefined && { media }) }), 'item 1').media;

test('a request names several media, one in the form of earlier versions, or none', () => {
  const [video, image] = [
    { kind: 'video', path: 'a.mp4' },
    { kind: 'image', path: 'b.png', second: 2 },
  ];
  expect(mediaOf([video, image])).toEqual([video, image]);
  expect(mediaOf(video)).toEqual([video]);
  expect(mediaOf([])).toEqual([]);
  expect(mediaOf()).toEqual([{ kind: 'video', path: '' }]);
  expect(wireSample.safeParse({ ...FACTS, media: [{ kind: 'audio', path: 'c' }] }).success).toBe(
    false,
  );
});
