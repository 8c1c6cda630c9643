/** Repeats the placeholders of media in a prompt's token ids, and checks them against the media. */
import { LociError } from '@loci/core';
import type { EncodedMedia } from '@loci/core';
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import type { MediaExtent } from '../spec/prompts.ts';

type Pads = Pick<SpecialTokenIds, 'image' | 'video'>;

/** The kind of medium of a placeholder token; undefined for text. */
export function placeholderKind(id: number, { image, video }: Pads): 'image' | 'video' | undefined {
  return id === video ? 'video' : id === image ? 'image' : undefined;
}

/**
 * Repeats each placeholder once for every token of its medium.
 *
 * @param tokenIds of the rendered conversation, one placeholder a medium.
 * @param tokensOf tokens of a medium.
 * @throws LociError `media-mismatch` when placeholders and media differ in number or kind.
 */
export function expandPlaceholders<Medium extends Pick<EncodedMedia, 'kind'>>(
  tokenIds: Int32Array,
  media: readonly Medium[],
  pads: Pads,
  tokensOf: (medium: Medium) => number,
): Int32Array {
  const counts = media.map(tokensOf);
  const expanded = new Int32Array(
    tokenIds.length + counts.reduce((sum, count) => sum + count - 1, 0),
  );
  let used = 0;
  let to = 0;
  for (const id of tokenIds) {
    const kind = placeholderKind(id, pads);
    if (kind === undefined) {
      expanded[to++] = id;
      continue;
    }
    if (media[used]?.kind !== kind) {
      throw new LociError(
        'media-mismatch',
        `placeholder ${used + 1} of the prompt is for a ${kind}, but the medium is ${media[used]?.kind ?? 'missing'}; ` +
          'the text of a message must not contain placeholders itself',
      );
    }
    expanded.fill(id, to, (to += counts[used++]!));
  }
  if (used !== media.length) {
    throw new LociError(
      'media-mismatch',
      `the chat template left ${used} placeholders for ${media.length} media`,
    );
  }
  return expanded;
}

/**
 * Checks a run of placeholders against the next medium.
 *
 * @param tokens the expected length of the run.
 * @throws LociError `media-mismatch`.
 */
export function checkRun(
  tokenIds: ArrayLike<number>,
  at: number,
  medium: MediaExtent | undefined,
  tokens: number,
  pads: Pads,
): asserts medium is MediaExtent {
  const id = tokenIds[at]!;
  const kind = placeholderKind(id, pads);
  let found = 0;
  while (found < tokens && tokenIds[at + found] === id) found++;
  if (medium?.kind === kind && Number.isInteger(tokens) && found === tokens) return;
  throw new LociError(
    'media-mismatch',
    medium
      ? `token ${at} begins a ${kind} block of ${found} placeholders, but the medium is a ${medium.kind} of ${tokens} tokens`
      : `token ${at} begins a ${kind} block, but no medium is left for it`,
  );
}

/** @throws LociError `media-mismatch` when a prompt is given more media than it has placeholders for. */
export function checkAllUsed(used: number, media: readonly MediaExtent[]): void {
  if (used === media.length) return;
  throw new LociError(
    'media-mismatch',
    `the prompt has placeholders for ${used} media, but was given ${media.length}`,
  );
}
