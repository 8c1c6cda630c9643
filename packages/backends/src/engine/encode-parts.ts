/** Encodes the media of a conversation for a model: a video as one medium, or as the list of its frames. */
import type { EncodedMedia, FrameTreatment, Message, MessagePart, ShownMedia } from '@loci/core';
import type { MediaEncoder } from '../models/spec/prompts.ts';

/** A conversation whose media are encoded. */
export interface EncodedMessages {
  /** With an image part for each frame of a video that is shown as images. */
  readonly messages: readonly Message[];
  /** In the order of the media parts. */
  readonly media: readonly EncodedMedia[];
  /** One entry for each medium of the question. */
  readonly shown: readonly ShownMedia[];
}

interface EncodedPart {
  readonly parts: readonly MessagePart[];
  readonly media: readonly EncodedMedia[];
  readonly shown: readonly ShownMedia[];
}

/** Encodes all media at once; @param patchSize pixels of a patch's side. */
export async function encodeParts(
  messages: readonly Message[],
  treatment: FrameTreatment,
  encode: MediaEncoder,
  patchSize: number,
): Promise<EncodedMessages> {
  const encoded = await Promise.all(
    messages.map(async ({ role, parts }) => ({
      role,
      parts: await Promise.all(parts.map((part) => encodePart(part, treatment, encode, patchSize))),
    })),
  );
  const all = encoded.flatMap(({ parts }) => parts);
  return {
    messages: encoded.map(({ role, parts }) => ({
      role,
      parts: parts.flatMap((part) => part.parts),
    })),
    media: all.flatMap(({ media }) => media),
    shown: all.flatMap(({ shown }) => shown),
  };
}

async function encodePart(
  part: MessagePart,
  treatment: FrameTreatment,
  encode: MediaEncoder,
  patchSize: number,
): Promise<EncodedPart> {
  if (part.type === 'text') return { parts: [part], media: [], shown: [] };
  const { media, frames, as } = part;
  const sizeOf = ({ grid: [, rows, columns] }: EncodedMedia) => ({
    width: columns * patchSize,
    height: rows * patchSize,
  });
  if (media.kind === 'video' && as === 'images') {
    const { images, seconds } = await encode.asImages(media, treatment, frames);
    const image = { type: 'media', media: { kind: 'image', path: media.path } } as const;
    const [first] = images;
    const shown: ShownMedia = {
      ...{ kind: 'video', as, frames: images.length, seconds },
      ...(first && sizeOf(first)),
    };
    return { parts: images.map(() => image), media: images, shown: [shown] };
  }
  const one = await encode(media, treatment, frames);
  const { kind, frameSeconds } = one;
  const shown: ShownMedia =
    frameSeconds === undefined
      ? { kind, frames: 1, ...sizeOf(one) }
      : {
          ...{ kind, as: 'video', frames: frameSeconds.length },
          ...sizeOf(one),
          seconds: frameSeconds,
        };
  return { parts: [part], media: [one], shown: [shown] };
}
