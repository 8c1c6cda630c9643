import { EVALUATION_FRAMES, definePlugin } from '@loci/core';
import type { BenchmarkItem, MessagePart } from '@loci/core';
import { z } from 'zod';
import { folderBenchmark } from '../asking/folder-benchmark.ts';
import { dataFolder, videoOptions } from '../asking/options.ts';
import { askItem, tokensFor } from '../asking/prompts.ts';
import { sampleSubtitles } from '../reading/subtitles.ts';
import { videoMmeFacts } from './facts.ts';
import { checkVideoMmeFolder, readVideoMmeItems } from './records.ts';
import { videoMmeScorers } from './scorers.ts';

/** The subtitles before the question: none, those visible at as many moments as there are frames, or all. */
const SUBTITLES = ['none', 'sampled', 'all'] as const;

/**
 * Video-MME (arXiv 2405.21075): short, medium and long videos, with or without subtitles.
 *
 * @example { use: 'video-mme', data: 'data/Video-MME', subtitles: 'sampled' }
 * @throws LociError `benchmark-layout` when the folder is not as the hub's files unpack.
 */
export const videoMme = definePlugin({
  kind: 'benchmark',
  name: 'video-mme',
  description: 'Video-MME: general questions about short, medium and long videos, four options.',
  options: z.strictObject({
    ...videoOptions,
    subtitles: z
      .enum(SUBTITLES)
      .default('none')
      .describe('Subtitles before the question: none, those visible in the frames, or all'),
  }),
  create(
    {
      data,
      prompt: style,
      frames = EVALUATION_FRAMES,
      wording,
      subtitles,
      allowOutside,
      ...selection
    },
    { baseDirectory },
  ) {
    const folder = dataFolder(data, baseDirectory);
    const withSubtitles = subtitles !== 'none';
    checkVideoMmeFolder(folder, withSubtitles);
    return folderBenchmark({
      name: 'video-mme',
      facts: videoMmeFacts,
      setup: {
        variant: withSubtitles ? `with subtitles (${subtitles})` : 'without subtitles',
        prompt: style,
        frames,
        maxNewTokens: tokensFor(style, 'letter'),
      },
      read: () => readVideoMmeItems(folder, withSubtitles, allowOutside),
      folder,
      selection,
      render: (item) =>
        askItem(item, {
          style,
          form: 'letter',
          frames,
          announce: withSubtitles
            ? 'Choose the best answer to the question about the video and its subtitles.'
            : 'Choose the best answer to the question about the video.',
          before: subtitleParts(item, subtitles === 'all' ? undefined : frames.maxFrames),
          ...(wording && { wording }),
        }),
      scorers: videoMmeScorers(style),
    });
  },
});

/** @param moments at which a subtitle must be on; all are shown when absent. */
function subtitleParts({ subtitles }: BenchmarkItem, moments?: number): readonly MessagePart[] {
  if (subtitles === undefined || subtitles.length === 0) return [];
  const shown = moments === undefined ? subtitles : sampleSubtitles(subtitles, moments);
  const lines = shown.map(({ text }) => text);
  return [{ type: 'text', text: `${['The subtitles of the video:', ...lines].join('\n')}\n` }];
}
