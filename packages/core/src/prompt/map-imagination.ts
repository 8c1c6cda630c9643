/**
 * The prompt of SG-RLVR (SpaceR, arXiv 2504.01805, section 3.2) in words of our own: think aloud, and for spatial questions draw the
 * scene as a 10×10 map first. As in SpaceR the categories of the scene are given; where they are and how many is to be found.
 */
import { z } from 'zod';
import { definePlugin } from '../plugin/define-plugin.ts';
import { formatCognitiveMap } from '../spatial/cognitive-map.ts';
import type { FrameSelection, ProblemType, Sample } from '../spec/index.ts';
import { frameSelection } from './frame-selections.ts';
import { mapCategories, questionText, userMessage } from './question-text.ts';

const EXAMPLE_MAP = formatCognitiveMap({
  chair: [[9, 3]],
  table: [
    [0, 3],
    [5, 7],
  ],
  window: [[6, 5]],
});

const THINK_ALOUD =
  'Work out the answer the way a careful person would, talking to yourself: "hmm", "wait", "let me look again" are welcome. ' +
  'Question your first idea and check it before you settle. Write all of this between <think> and </think>, and after it the ' +
  'final answer between <answer> and </answer>.';

const ANSWER_FORM: Readonly<Record<ProblemType, string>> = {
  'multiple choice': 'Give only the letter of the option between the <answer> and </answer> tags.',
  numerical:
    'Give the answer as a number (42 or 3.1, for example) between the <answer> and </answer> tags.',
  OCR: 'Write down the text that you read between the <answer> and </answer> tags.',
  'free-form': 'Give the answer as text between the <answer> and </answer> tags.',
  regression:
    'Give the answer as a number (42 or 3.14, for example) between the <answer> and </answer> tags.',
};

/**
 * Asks with thinking, and with a map where the sample is of SpaceR's spatial part and its map is known; a spatial sample
 * without a map is asked like any other.
 */
export const mapImagination = definePlugin({
  kind: 'prompt',
  name: 'map-imagination',
  description: 'Think aloud and, for spatial questions, imagine the scene as a 10×10 map first.',
  options: z.strictObject({
    videos: frameSelection
      .optional()
      .describe("how videos are read; as the model's own preprocessing says if unset"),
    imagePixels: z
      .tuple([z.int().positive(), z.int().positive()])
      .refine(([least, greatest]) => least <= greatest, 'the least area comes first')
      .optional()
      .describe("least and greatest area of an image; the model's own if unset"),
  }),
  create: ({ videos, imagePixels }) => ({
    render: (sample) => [
      userMessage(
        sample,
        [
          questionText(sample, 'Options:'),
          THINK_ALOUD,
          ...imagineMap(sample),
          ANSWER_FORM[sample.problemType],
        ].join('\n'),
        sample.media.kind === 'video' ? videos : imagePixels && imageWithin(imagePixels),
      ),
    ],
  }),
});

function imageWithin([minPixels, maxPixels]: readonly [number, number]): FrameSelection {
  return { fps: 0, maxFrames: 1, minPixels, maxPixels };
}

function imagineMap(sample: Sample): readonly string[] {
  const categories = mapCategories(sample);
  if (categories.length === 0) return [];
  return [
    'If it helps, draw a map of the scene while you think: find the objects in the video, understand how they are laid out, and ' +
      'estimate where the centre of each lies on a 10×10 grid, both coordinates from 0 to 9. ' +
      `Map only these categories: ${JSON.stringify(categories)}. ` +
      'Use the whole video, and list every instance of a category. ' +
      `Write the map as a dictionary between <map> and </map>, for example <map>${EXAMPLE_MAP}</map>.`,
  ];
}
