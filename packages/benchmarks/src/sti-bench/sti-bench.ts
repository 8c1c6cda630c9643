import { EVALUATION_FRAMES, definePlugin } from '@loci/core';
import type { FrameSelection } from '@loci/core';
import { z } from 'zod';
import { folderBenchmark } from '../asking/folder-benchmark.ts';
import { dataFolder, videoOptions } from '../asking/options.ts';
import { askItem, tokensFor } from '../asking/prompts.ts';
import { stiFacts } from './facts.ts';
import { checkStiFolder, readStiItems } from './records.ts';
import { stiScorers } from './scorers.ts';

/** The frames of the authors' script: thirty, whatever the length of the video. */
const OFFICIAL_FRAMES: FrameSelection = { fps: 0, maxFrames: 30, maxPixels: 360 * 420 };

/**
 * STI-Bench (arXiv 2503.23765): how large, how far, how fast, in desktop, indoor and outdoor clips.
 *
 * @example { use: 'sti-bench', data: 'data/STI-Bench' }
 * @throws LociError `benchmark-layout` when the folder is not as the hub's files unpack.
 */
export const stiBench = definePlugin({
  kind: 'benchmark',
  name: 'sti-bench',
  description: 'STI-Bench: metric space and motion in videos, eight tasks, five options.',
  options: z.strictObject(videoOptions),
  create(
    { data, prompt: style, frames: chosen, wording, allowOutside, ...selection },
    { baseDirectory },
  ) {
    const folder = dataFolder(data, baseDirectory);
    checkStiFolder(folder);
    const frames = chosen ?? (style === 'official' ? OFFICIAL_FRAMES : EVALUATION_FRAMES);
    return folderBenchmark({
      name: 'sti-bench',
      facts: stiFacts,
      setup: {
        prompt: style,
        frames,
        maxNewTokens: tokensFor(style, 'letter'),
      },
      read: () => readStiItems(folder, allowOutside),
      folder,
      selection,
      render: (item) =>
        askItem(item, { style, form: 'letter', frames, ...(wording && { wording }) }),
      scorers: stiScorers(style),
    });
  },
});
