import { expect, test } from '@jest/globals';
import { WHOLE_VIDEO } from '../../../src/models/qwen3-vl/video-size.ts';
import { factsOf } from '../../support/qwen3.ts';

interface Outcome {
  readonly size?: readonly [height: number, width: number];
  readonly error?: string;
}

/** A size as transformers 4 gives it, and as transformers 5 does where that differs. */
interface Resize extends Outcome {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly minPixels: number;
  readonly maxPixels: number;
  readonly transformers5?: Outcome;
}

const { resize } = factsOf<{ readonly resize: readonly Resize[] }>('facts/videos.json');

/** Ours of theirs. */
const codeOf = (error: string) => (error.startsWith('t:') ? 'too-few-frames' : 'aspect-ratio');

test.each(resize)(
  '$frames frames of $width×$height within $minPixels…$maxPixels pixels',
  ({ transformers5, ...four }) => {
    const { frames, width, height, minPixels, maxPixels } = four;
    const { size, error } = transformers5 ?? four;
    const found = () => WHOLE_VIDEO.size({ width, height }, frames, 32, { minPixels, maxPixels });
    if (error !== undefined) {
      expect(found).toThrow(expect.objectContaining({ code: codeOf(error) }));
      return;
    }
    expect(found()).toEqual({ height: size![0], width: size![1] });
  },
);
