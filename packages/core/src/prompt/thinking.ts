/**
 * The words of SG-RLVR's prompt (SpaceR, arXiv 2504.01805, section 3.2), our own: think aloud, imagine the scene as a 10×10 map,
 * answer in tags. Training uses them, and so do benchmarks whose prompt style is `thinking` or `thinking-map`.
 */
import { formatCognitiveMap } from '../spatial/map/read/cognitive-map.ts';

const EXAMPLE_MAP = formatCognitiveMap({
  chair: [[9, 3]],
  table: [
    [0, 3],
    [5, 7],
  ],
  window: [[6, 5]],
});

/** Asks for reasoning before the answer, each in its tags. */
export const THINK_ALOUD =
  'Work out the answer the way a careful person would, talking to yourself: "hmm", "wait", "let me look again" are welcome. ' +
  'Question your first idea and check it before you settle. Write all of this between <think> and </think>, and after it the ' +
  'final answer between <answer> and </answer>.';

/** Offers the map: of these categories, or, without a list, of the objects that matter. */
export function offerMap(categories?: readonly string[]): string {
  const only =
    categories === undefined
      ? 'Map the objects that the question is about. '
      : `Map only these categories: ${JSON.stringify(categories)}. `;
  return (
    'If it helps, draw a map of the scene while you think: find the objects in the video, understand how they are laid out, and ' +
    'estimate where the centre of each lies on a 10×10 grid, both coordinates from 0 to 9. ' +
    only +
    'Use the whole video, and list every instance of a category. ' +
    `Write the map as a dictionary between <map> and </map>, for example <map>${EXAMPLE_MAP}</map>.`
  );
}

/** Says what goes between the answer tags. @example answerInTags('Give only the letter of the option') */
export function answerInTags(demand: string): string {
  return `${demand} between the <answer> and </answer> tags.`;
}
