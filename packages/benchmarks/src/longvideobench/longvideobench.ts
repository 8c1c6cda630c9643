import { EVALUATION_FRAMES, definePlugin } from '@loci/core';
import type { BenchmarkItem, FrameSelection, MessagePart } from '@loci/core';
import { z } from 'zod';
import { folderBenchmark } from '../asking/folder-benchmark.ts';
import { dataFolder, videoOptions } from '../asking/options.ts';
import { askItem, askWith, tokensFor } from '../asking/prompts.ts';
import { longVideoBenchFacts } from './facts.ts';
import { interleave } from './interleave.ts';
import { checkLongVideoBenchFolder, readLongVideoBenchItems } from './records.ts';
import { longVideoBenchScorers } from './scorers.ts';

/** Every ⌊N / n⌋-th frame, at most one a second. */
const OFFICIAL_FRAMES: FrameSelection = { ...EVALUATION_FRAMES, spacing: 'strided' };

/**
 * LongVideoBench (arXiv 2407.15754), validation: referred moments of videos of up to an hour. With `subtitles: interleaved` the
 * video is shown as its frames, with the subtitles between them.
 *
 * @example { use: 'longvideobench', data: 'data/LongVideoBench', subtitles: 'interleaved' }
 * @throws LociError `benchmark-layout` when the folder is not as the hub's files unpack.
 */
export const longVideoBench = definePlugin({
  kind: 'benchmark',
  name: 'longvideobench',
  description:
    'LongVideoBench: referred moments of long videos, with subtitles between the frames.',
  options: z.strictObject({
    ...videoOptions,
    subtitles: z
      .enum(['none', 'interleaved'])
      .default('none')
      .describe('Subtitles between the frames, or none'),
  }),
  create(
    { data, prompt: style, frames: chosen, wording, subtitles, allowOutside, ...selection },
    { baseDirectory },
  ) {
    const folder = dataFolder(data, baseDirectory);
    const interleaved = subtitles === 'interleaved';
    checkLongVideoBenchFolder(folder, interleaved);
    const frames = chosen ?? (style === 'official' ? OFFICIAL_FRAMES : EVALUATION_FRAMES);
    const asking = { style, form: 'letter' as const, frames, ...(wording && { wording }) };
    return folderBenchmark({
      name: 'longvideobench',
      facts: longVideoBenchFacts,
      setup: {
        variant: interleaved ? 'subtitles between the frames' : 'without subtitles',
        prompt: style,
        frames,
        maxNewTokens: tokensFor(style, 'letter'),
      },
      read: () => readLongVideoBenchItems(folder, interleaved, allowOutside),
      folder,
      selection,
      render: (item) =>
        interleaved ? askWith(item, asking, framesAndLines(item, frames)) : askItem(item, asking),
      scorers: longVideoBenchScorers(style),
    });
  },
});

function framesAndLines(item: BenchmarkItem, frames: FrameSelection): readonly MessagePart[] {
  const [video] = item.media;
  if (video === undefined) return [];
  return interleave(video, frames, item.duration ?? 0, item.subtitles ?? []);
}
