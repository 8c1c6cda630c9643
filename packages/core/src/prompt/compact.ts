import { z } from 'zod';
import { definePlugin } from '../plugin/define-plugin.ts';
import { compactSceneMap } from './scene-map-words.ts';
import { mapCategories, questionText, userMessage } from './question-text.ts';

/**
 * As few words as can be, for small models that learned the form of an answer from demonstrations: the problem, each option
 * on its line, and `Objects: chair, desk.` where a map is to be imagined.
 */
export const compact = definePlugin({
  kind: 'prompt',
  name: 'compact',
  description: 'The bare question, its options and the categories to map; for small models.',
  options: z.strictObject({
    map: z.boolean().optional().describe('ask for a map when the sample has one; true if unset'),
  }),
  create: ({ map = true }) => ({
    render: (sample) => {
      const categories = map ? mapCategories(sample) : [];
      const objects =
        map && sample.sceneMap !== undefined
          ? [compactSceneMap(sample.sceneMap)]
          : categories.length === 0
            ? []
            : [`Objects: ${categories.join(', ')}.`];
      return [userMessage(sample, [questionText(sample, ''), ...objects].join('\n'))];
    },
  }),
});
