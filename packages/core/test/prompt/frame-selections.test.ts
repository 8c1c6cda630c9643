import { expect, test } from '@jest/globals';
import {
  EVALUATION_FRAMES,
  SPACER_EVALUATION_FRAMES,
  frameSelection,
} from '../../src/prompt/frame-selections.ts';

test('the published selections are valid options, and differ in nothing but the mistakes', () => {
  expect(frameSelection.parse(EVALUATION_FRAMES)).toEqual(EVALUATION_FRAMES);
  expect(frameSelection.parse(SPACER_EVALUATION_FRAMES)).toEqual({
    ...EVALUATION_FRAMES,
    spacing: 'truncated',
    sides: 'exchanged',
  });
});

test.each([
  [{ fps: 1 }, 'maxFrames'],
  [{ fps: -1, maxFrames: 4 }, 'fps'],
  [{ fps: 1, maxFrames: 4, minFrames: 8 }, 'minFrames'],
  [{ fps: 1, maxFrames: 4, span: [5, 5] }, 'span'],
  [{ fps: 1, maxFrames: 4, spacing: 'random' }, 'spacing'],
])('%j is refused by name', (selection, key) => {
  const { error } = frameSelection.safeParse(selection);
  expect(error?.issues.map(({ path }) => path[0])).toEqual([key]);
});
