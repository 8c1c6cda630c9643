import { EVALUATION_FRAMES, definePlugin } from '@loci/core';
import type { ScorableItem } from '@loci/core';
import { z } from 'zod';
import { folderBenchmark } from '../asking/folder-benchmark.ts';
import { dataFolder, videoOptions } from '../asking/options.ts';
import { askItem, tokensFor } from '../asking/prompts.ts';
import type { AnswerForm } from '../asking/prompts.ts';
import { readAsAuthors } from '../scoring/create-scorer.ts';
import { tempCompassFacts } from './facts.ts';
import { captionJudgePrompt, correctnessJudgePrompt } from './judge-prompts.ts';
import { TASK_KINDS } from './kinds.ts';
import { checkTempCompassFolder, readTempCompassItems } from './records.ts';
import { needsJudge, tempCompassScorers } from './scorers.ts';

const FORMS: Readonly<Record<string, AnswerForm>> = {
  'multi-choice': 'letter',
  yes_no: 'yes-no',
  caption_matching: 'label',
  captioning: 'caption',
};

/**
 * TempCompass (arXiv 2403.00476): action, direction, speed, order and change in short videos, asked in four kinds of task. Rules
 * decide most answers. `judgePrompt` writes the prompt of a judge model for the others and for captions.
 *
 * @example { use: 'tempcompass', data: 'data/TempCompass', kinds: ['multi-choice', 'yes_no'] }
 * @throws LociError `benchmark-layout` when the folder is not as the hub's files unpack.
 */
export const tempCompass = definePlugin({
  kind: 'benchmark',
  name: 'tempcompass',
  description: 'TempCompass: temporal perception in short videos, four kinds of task.',
  options: z.strictObject({
    ...videoOptions,
    kinds: z
      .array(z.enum(TASK_KINDS))
      .min(1)
      .default([...TASK_KINDS])
      .describe('Kinds of task; captioning is scored by a judge model only'),
  }),
  create(
    { data, prompt: style, frames = EVALUATION_FRAMES, wording, kinds, allowOutside, ...selection },
    { baseDirectory },
  ) {
    const folder = dataFolder(data, baseDirectory);
    checkTempCompassFolder(folder, kinds);
    const read = readAsAuthors(style);
    return folderBenchmark({
      name: 'tempcompass',
      facts: tempCompassFacts,
      setup: {
        variant: kinds.join(', '),
        prompt: style,
        frames,
        maxNewTokens: tokensFor(style, kinds.includes('captioning') ? 'caption' : 'letter'),
      },
      read: () => readTempCompassItems(folder, kinds, allowOutside),
      folder,
      selection,
      render: (item) =>
        askItem(item, {
          style,
          form: FORMS[item.task] ?? 'letter',
          frames,
          // The options are part of the question.
          question: item.question,
          ...(wording && { wording }),
        }),
      judgePrompt(item: ScorableItem, output: string) {
        if (item.judgeQuestion !== undefined)
          return captionJudgePrompt(item.judgeQuestion, read(output));
        return needsJudge(item, output, style)
          ? correctnessJudgePrompt(item, read(output))
          : undefined;
      },
      scorers: tempCompassScorers(style),
    });
  },
});
