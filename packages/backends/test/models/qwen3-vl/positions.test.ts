import { describe, expect, test } from '@jest/globals';
import { parseModel } from '../../../src/models/index.ts';
import type { MediaExtent, PositionRule } from '../../../src/models/spec/prompts.ts';
import { publishedConfig } from '../../support/qwen3.ts';

const model = parseModel(publishedConfig());
const { image: IMAGE, video: VIDEO, visionStart: START, visionEnd: END } = model.tokens;
const extent = (kind: 'image' | 'video', grid: MediaExtent['grid']): MediaExtent => ({
  kind,
  grid,
  secondsPerGrid: 1,
});

function axes(tokenIds: readonly number[], media: readonly MediaExtent[], rule: PositionRule) {
  const { positions, next, ropeDelta } = model.prompts.positions(tokenIds, media, rule);
  const { length } = tokenIds;
  const axis = (index: number) => [...positions.subarray(index * length, (index + 1) * length)];
  return { time: axis(0), height: axis(1), width: axis(2), next, ropeDelta };
}

describe.each(['4.49', '5.18'] as const)('positions, rule %s', (rule) => {
  test('every frame of a video starts where the text before it ends', () => {
    // A word; a time, and a frame of 1×2 tokens; a time, and the other frame; a word.
    const block = [7, START, VIDEO, VIDEO, END];
    const found = axes([7, ...block, ...block, 7], [extent('video', [2, 2, 4])], rule);
    expect(found).toEqual({
      time: [0, 1, 2, 3, 3, 5, 6, 7, 8, 8, 10, 11],
      height: [0, 1, 2, 3, 3, 5, 6, 7, 8, 8, 10, 11],
      width: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      next: 12,
      ropeDelta: 0,
    });
  });

  test('text goes on after the longer side of a frame', () => {
    const pads = new Array<number>(6).fill(IMAGE);
    const found = axes([START, ...pads, END, 7], [extent('image', [1, 6, 4])], rule);
    expect(found).toEqual({
      time: [0, 1, 1, 1, 1, 1, 1, 4, 5],
      height: [0, 1, 1, 2, 2, 3, 3, 4, 5],
      width: [0, 1, 2, 1, 2, 1, 2, 4, 5],
      next: 6,
      ropeDelta: -3,
    });
  });

  test('videos and images take turns', () => {
    const ids = [VIDEO, END, IMAGE, IMAGE, IMAGE, IMAGE, 7, VIDEO, 7, VIDEO];
    const media = [
      extent('video', [1, 2, 2]),
      extent('image', [1, 4, 4]),
      extent('video', [2, 2, 2]),
    ];
    const found = axes(ids, media, rule);
    expect(found.time).toEqual([0, 1, 2, 2, 2, 2, 4, 5, 6, 7]);
    expect(found.height).toEqual([0, 1, 2, 2, 3, 3, 4, 5, 6, 7]);
    expect(found.width).toEqual([0, 1, 2, 3, 2, 3, 4, 5, 6, 7]);
  });

  test.each([
    ['a frame too few', [VIDEO, VIDEO, 7], [extent('video', [2, 2, 4])]],
    ['a frame too many', [VIDEO, 7, VIDEO], [extent('video', [1, 2, 2])]],
    ['a frame of another size', [VIDEO, 7, VIDEO, VIDEO], [extent('video', [2, 2, 2])]],
    ['the other kind', [IMAGE], [extent('video', [1, 2, 2])]],
    ['sides that are no whole tokens', [VIDEO], [extent('video', [1, 3, 2])]],
  ])('%s is an error', (_, ids, media) => {
    expect(() => axes(ids, media, rule)).toThrow(
      expect.objectContaining({ code: 'media-mismatch' }),
    );
  });
});

/** The axis of every frequency, read off a token whose axes have angles that differ. */
function axesOf(headDim: number, mrope_section: readonly number[]): string {
  const { text_config, ...rest } = publishedConfig();
  const rope_scaling = { mrope_section, rope_type: 'default', mrope_interleaved: true };
  const { prompts } = parseModel({
    ...rest,
    text_config: { ...text_config, head_dim: headDim, rope_theta: 100, rope_scaling },
  });
  const positions = Int32Array.of(1, 2, 3);
  const { cos, sin, frequencies } = prompts.rotary(positions);
  expect(frequencies).toBe(headDim / 2);
  return Array.from({ length: frequencies }, (_, index) => {
    const frequency = 100 ** (-index / frequencies);
    const axis = [...positions].findIndex(
      (position) =>
        Math.abs(Math.cos(position * frequency) - cos[index]!) < 1e-5 &&
        Math.abs(Math.sin(position * frequency) - sin[index]!) < 1e-5,
    );
    return 'THW'[axis];
  }).join('');
}

test.each([
  [128, [24, 20, 20], `${'THW'.repeat(20)}TTTT`],
  [24, [6, 3, 3], 'THWTHWTHWTTT'],
  [32, [6, 5, 5], 'THWTHWTHWTHWTHWT'],
  [16, [4, 2, 2], 'THWTHWTT'],
  [24, [5, 4, 3], 'THWTHWTHWTHT'],
])('a head of %i with sections %j turns by %s', (headDim, sections, axes) => {
  expect(axesOf(headDim, sections)).toBe(axes);
});
