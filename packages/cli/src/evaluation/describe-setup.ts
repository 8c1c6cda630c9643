/** The line above every score: without frames, pixels and prompt it compares with nothing. */
import type {
  BenchmarkReport,
  BenchmarkSetup,
  FrameSelection,
  SamplingParameters,
} from '@loci/core';

const PROMPTS: Readonly<Record<BenchmarkSetup['prompt'], string>> = {
  official: 'prompt as the authors put it',
  thinking: 'prompt with thinking',
  'thinking-map': 'prompt with thinking and a map',
  run: "the run's own prompt",
};

/** `32 frames at most, 1 a second, longer side 448`. */
export function describeFrames(frames: FrameSelection | undefined): string {
  if (frames === undefined) return "frames as the model's own settings say";
  const { fps, maxFrames, spacing, longestSide, maxPixels, sides } = frames;
  return [
    fps > 0 ? `${maxFrames} frames at most, ${fps} a second` : `${maxFrames} frames`,
    spacing !== undefined && spacing !== 'even' ? `spaced ${spacing}` : '',
    longestSide === undefined ? '' : `longer side ${longestSide}`,
    maxPixels === undefined ? '' : `${maxPixels} pixels at most`,
    sides === 'exchanged' ? 'width and height exchanged' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** What was really shown: `4–32 frames of 448×336`. */
export function describeShown({ shown }: Pick<BenchmarkReport, 'shown'>): string {
  const { frames, sizes } = shown;
  const [size, ...others] = sizes;
  const count =
    frames === undefined
      ? 'media'
      : `${frames[0] === frames[1] ? frames[0] : `${frames[0]}–${frames[1]}`} frames`;
  if (size === undefined) return frames === undefined ? 'unknown' : count;
  const more = others.length === 0 ? '' : ` and ${others.length} other sizes`;
  return `${count} of ${size.width}×${size.height}${more}`;
}

/** How answers were drawn. */
export function describeSampling({
  temperature,
  topP,
  topK,
  maxNewTokens,
}: SamplingParameters): string {
  const how =
    temperature === 0
      ? 'greedy'
      : [
          `temperature ${temperature}`,
          topP < 1 ? `top-p ${topP}` : '',
          topK > 0 ? `top-k ${topK}` : '',
        ]
          .filter((part) => part !== '')
          .join(', ');
  return `${how}, at most ${maxNewTokens} new tokens`;
}

/** Prompt and variant in words. */
export function describePrompt({ prompt, variant }: BenchmarkSetup): string {
  return variant === undefined ? PROMPTS[prompt] : `${variant}, ${PROMPTS[prompt]}`;
}
