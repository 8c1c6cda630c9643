import { sortedCategories } from '../spatial/map/read/cognitive-map.ts';
import type { FrameSelection, MediaReference, Message, Sample } from '../spec/index.ts';
import { placeMedia } from './place-media.ts';

/** Where records with a map come from, as SpaceR-151k marks them. */
export const SPATIAL_SOURCE = 'SR_dataset';

/** The problem and, where there are some, its options, each on a line of its own after `heading`. */
export function questionText({ problem, options }: Sample, heading: string): string {
  if (options.length === 0) return problem;
  return [problem, ...(heading === '' ? [] : [heading]), ...options].join('\n');
}

/** The categories that a sample's map has, in alphabetical order; none when the prompt should not ask for a map. */
export function mapCategories({ map, source }: Sample): readonly string[] {
  return map === undefined || source !== SPATIAL_SOURCE ? [] : sortedCategories(map);
}

/**
 * One user turn: the text with the media at their markers, or the media and then the text.
 *
 * @param framesOf How to read a medium; undefined leaves it to the model's own preprocessing.
 */
export function userMessage(
  { media }: Sample,
  text: string,
  framesOf?: (medium: MediaReference) => FrameSelection | undefined,
): Message {
  return { role: 'user', parts: placeMedia(text, media, framesOf) };
}
