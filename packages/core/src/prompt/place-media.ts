/** Places the media of a question in its text: at their markers, or before the text where it has no marker for them. */
import { LociError } from '../errors/loci-error.ts';
import type { FrameSelection, MediaReference, MessagePart } from '../spec/index.ts';

/** The marker of a medium in the text of a question, as ms-swift, LLaVA and verl write it. */
export const MEDIA_MARKERS = {
  video: '<video>',
  image: '<image>',
} as const satisfies Readonly<Record<MediaReference['kind'], string>>;

/** Numbers of media, or of markers, by kind. */
export type MediaCounts = Readonly<Record<MediaReference['kind'], number>>;

const MARKER = /<(video|image)>/gu;

/** The markers in a text. @example countMarkers('<image> or <image>?') // { video: 0, image: 2 } */
export function countMarkers(text: string): MediaCounts {
  const counts = { video: 0, image: 0 };
  for (const [, kind] of text.matchAll(MARKER)) counts[kind as MediaReference['kind']]++;
  return counts;
}

/** The media of each kind. */
export function countMedia(media: readonly MediaReference[]): MediaCounts {
  const counts = { video: 0, image: 0 };
  for (const { kind } of media) counts[kind]++;
  return counts;
}

/**
 * A text with its media in place. Each marker is replaced by the next medium of its kind; media without a marker come first, in
 * their order, as ms-swift puts them. A text with more markers of a kind than there are media keeps these markers as words: it may ask
 * about HTML. Dataset readers reject such a question where their form promises a medium for each marker.
 *
 * @param framesOf How to read each medium; undefined leaves it to the model's own preprocessing.
 * @throws LociError `sample-media` when `media` is not a list, as in samples of earlier versions.
 *
 * @example placeMedia('Is <image> a part of <video>?', [film, picture])
 * // text "Is ", the picture, text " a part of ", the film, text "?"
 */
export function placeMedia(
  text: string,
  media: readonly MediaReference[],
  framesOf: (medium: MediaReference) => FrameSelection | undefined = () => undefined,
): readonly MessagePart[] {
  checkMediaList(media);
  const partOf = (medium: MediaReference): MessagePart => {
    const frames = framesOf(medium);
    return { type: 'media', media: medium, ...(frames && { frames }) };
  };
  const first: MessagePart[] = [];
  const waiting: Record<MediaReference['kind'], MediaReference[]> = { video: [], image: [] };
  const markers = countMarkers(text);
  const counts = countMedia(media);
  const without = {
    video: markers.video > counts.video ? counts.video : counts.video - markers.video,
    image: markers.image > counts.image ? counts.image : counts.image - markers.image,
  };
  for (const medium of media) {
    if (without[medium.kind]-- > 0) first.push(partOf(medium));
    else waiting[medium.kind].push(medium);
  }
  const parts = [...first];
  let from = 0;
  for (const marker of text.matchAll(MARKER)) {
    const medium = waiting[marker[1] as MediaReference['kind']].shift();
    if (medium === undefined) continue;
    if (marker.index > from) parts.push({ type: 'text', text: text.slice(from, marker.index) });
    parts.push(partOf(medium));
    from = marker.index + marker[0].length;
  }
  if (from < text.length) parts.push({ type: 'text', text: text.slice(from) });
  return parts;
}

/**
 * Checks that the media are a list: samples of earlier versions had one medium in its place.
 *
 * @throws LociError `sample-media`.
 */
export function checkMediaList(media: unknown): asserts media is readonly MediaReference[] {
  if (Array.isArray(media)) return;
  throw new LociError(
    'sample-media',
    'The media of a sample must be a list, [{ kind, path }, …], empty where nothing is shown; its dataset gives ' +
      `${JSON.stringify(media)}`,
  );
}
