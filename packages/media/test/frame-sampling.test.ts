import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  evaluationFrames,
  evaluationFrameSize,
  trainingFrameIndices,
  trainingFrameSize,
} from '../src/frame-sampling.ts';
import { describeWith, referenceFolder } from './support/reference.ts';

describe('training frames', () => {
  test('two a second, at least four, at most sixteen, an even number', () => {
    expect(trainingFrameIndices(90, 30)).toEqual([0, 18, 36, 53, 71, 89]);
    expect(trainingFrameIndices(15, 30)).toHaveLength(4);
    expect(trainingFrameIndices(9000, 30)).toHaveLength(16);
    expect(trainingFrameIndices(40, 2, { fps: 2, minFrames: 4, maxFrames: 8 })).toHaveLength(8);
  });

  test('a single frame is too few', () => {
    expect(() => trainingFrameIndices(1, 30)).toThrow(
      expect.objectContaining({ code: 'too-few-frames' }),
    );
  });

  test('an extreme aspect ratio is refused', () => {
    expect(() => trainingFrameSize(5601, 28)).toThrow(
      expect.objectContaining({ code: 'aspect-ratio' }),
    );
  });
});

describeWith(join(referenceFolder, 'golden'))('the golden vectors', () => {
  interface Vector {
    readonly input: {
      readonly kind: string;
      readonly total_frames: number;
      readonly video_fps: number;
      readonly num_frames: number;
      readonly fps: number;
      readonly width: number;
      readonly height: number;
      readonly max_side: number;
    };
    readonly expected: unknown;
  }
  const run = ({ input }: Vector): unknown => {
    switch (input.kind) {
      case 'train_nframes': {
        const indices = trainingFrameIndices(input.total_frames, input.video_fps);
        return { nframes: indices.length, indices };
      }
      case 'train_video_resize':
        return trainingFrameSize(input.width, input.height);
      case 'eval_resize':
        return evaluationFrameSize(input.width, input.height, input.max_side);
      case 'eval_load':
        return evaluationFrames({
          totalFrames: input.total_frames,
          videoFps: input.video_fps,
          numFrames: input.num_frames,
          fps: input.fps,
        });
      default:
        throw new Error(`no such kind: ${input.kind}`);
    }
  };

  test('every one is met', () => {
    const path = join(referenceFolder, 'golden/frame_sampling.jsonl');
    const vectors = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Vector);
    for (const vector of vectors) {
      if (vector.expected === null) expect(() => run(vector)).toThrow();
      else expect(run(vector)).toEqual(vector.expected);
    }
    expect(vectors.length).toBeGreaterThan(0);
  });
});
