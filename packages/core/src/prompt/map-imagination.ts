/**
 * The prompt of SG-RLVR: think aloud, and for spatial questions draw the scene as a 10×10 map first. As in SpaceR the categories
 * of the scene are given; where they are and how many is to be found.
 */
import { z } from 'zod';
import { definePlugin } from '../plugin/define-plugin.ts';
import type { FrameSelection, ProblemType, Sample } from '../spec/index.ts';
import { frameSelection } from './frame-selections.ts';
import { offerSceneMap } from './scene-map-words.ts';
import { mapCategories, questionText, userMessage } from './question-text.ts';
import { THINK_ALOUD, answerInTags, offerMap } from './thinking.ts';

const ANSWER_FORM: Readonly<Record<ProblemType, string>> = {
  'multiple choice': answerInTags('Give only the letter of the option'),
  numerical: answerInTags('Give the answer as a number (42 or 3.1, for example)'),
  OCR: answerInTags('Write down the text that you read'),
  'free-form': answerInTags('Give the answer as text'),
  regression: answerInTags('Give the answer as a number (42 or 3.14, for example)'),
};

/**
 * Asks with thinking, and with a map where the sample is of SpaceR's spatial part and its map is known; a spatial sample
 * without a map gets the prompt without one.
 */
export const mapImagination = definePlugin({
  kind: 'prompt',
  name: 'map-imagination',
  description: 'Think aloud and, for spatial questions, imagine the scene as a 10×10 map first.',
  options: z.strictObject({
    map: z.boolean().optional().describe('ask for a map when the sample has one; true if unset'),
    videos: frameSelection
      .optional()
      .describe("frames to read of a video; the model's own preprocessing if unset"),
    imagePixels: z
      .tuple([z.int().positive(), z.int().positive()])
      .refine(([least, greatest]) => least <= greatest, 'the least area must come first')
      .optional()
      .describe("least and greatest area of an image; the model's own if unset"),
  }),
  create: ({ map = true, videos, imagePixels }) => ({
    render: (sample) => [
      userMessage(
        sample,
        [
          questionText(sample, 'Options:'),
          THINK_ALOUD,
          ...(map ? imagineMap(sample) : []),
          ANSWER_FORM[sample.problemType],
        ].join('\n'),
        ({ kind }) => (kind === 'video' ? videos : imagePixels && imageWithin(imagePixels)),
      ),
    ],
  }),
});

function imageWithin([minPixels, maxPixels]: readonly [number, number]): FrameSelection {
  return { fps: 0, maxFrames: 1, minPixels, maxPixels };
}

function imagineMap(sample: Sample): readonly string[] {
  if (sample.sceneMap !== undefined) return [offerSceneMap(sample.sceneMap)];
  const categories = mapCategories(sample);
  return categories.length === 0 ? [] : [offerMap(categories)];
}
