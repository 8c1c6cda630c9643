/** Frames as pictures in the request, or the video as it is with the frames left to the server. */
import { readFile } from 'node:fs/promises';
import { extname, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EVALUATION_FRAMES, LociError } from '@loci/core';
import type { MediaReference } from '@loci/core';
import { formOfFile, mediaUnreadable, treatFrames } from '@loci/media';
import type { FrameReader, Picture } from '@loci/media';
import type { ChatPart } from './chat-request.ts';
import type { MediaPresenter } from './remote-processor.ts';

/** Tokens of Qwen's vision tower, which others are not far from: one for 28 · 28 pixels, two frames together. */
const PIXELS_PER_TOKEN = 28 * 28;

/** Shows each frame as a JPEG. Without a selection of its own a question is shown the frames of `EVALUATION_FRAMES`. */
export function presentFrames(read: FrameReader, jpegQuality: number): MediaPresenter {
  return async (media, treatment, selection, as) => {
    if (media.kind === 'video' && as === 'video') {
      throw new LociError(
        'frames-not-ours',
        'This policy sends the frames of a video as images: set media to video, or evaluate.as to images',
      );
    }
    const clip = await read(
      media,
      selection ?? (media.kind === 'video' ? EVALUATION_FRAMES : undefined),
    );
    const frames = treatFrames(clip.frames, treatment);
    const [{ width, height }] = frames as [Picture];
    const parts: ChatPart[] = [];
    for (const picture of frames) {
      parts.push({ type: 'image_url', image_url: { url: await jpegUrl(picture, jpegQuality) } });
    }
    const seconds = media.kind === 'video' ? clip.seconds.slice(0, frames.length) : undefined;
    return {
      parts,
      shown: {
        kind: media.kind,
        ...(media.kind === 'video' && { as: 'images' as const }),
        frames: frames.length,
        width,
        height,
        ...(seconds && { seconds }),
      },
      tokens: Math.ceil((frames.length * width * height) / PIXELS_PER_TOKEN),
    };
  };
}

async function jpegUrl({ width, height, pixels }: Picture, quality: number): Promise<string> {
  const { default: sharp } = await import('sharp');
  const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

/** How a server comes by a video: within the request, from its own disk, or from an address. */
export type VideoPlace =
  | { readonly kind: 'inline' }
  | { readonly kind: 'file' }
  | { readonly kind: 'url'; readonly folder: string; readonly url: string };

/** Types by ending, of files whose content does not tell. */
const VIDEO_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
};

/** What a model makes of a video that the server cuts into frames; nobody tells, so this is a round number. */
const VIDEO_TOKENS = 8192;

/**
 * Sends videos as `video_url`, as vLLM, SGLang and hosted Qwen take them; images go as frames do. Frames are then the server's choice:
 * selections cannot be honoured, and treatments are refused with LociError `frames-not-ours`.
 */
export function presentVideo(place: VideoPlace, frames: MediaPresenter): MediaPresenter {
  return async (media, treatment, selection, as) => {
    if (media.kind === 'image' || as === 'images') return frames(media, treatment, selection);
    if (treatment.kind !== 'as-filmed') {
      throw new LociError(
        'frames-not-ours',
        `The server cuts videos into frames itself, so they cannot be shown ${treatment.kind}: set media to frames, or evaluate.controls to false`,
      );
    }
    const url = await videoUrl(media, place);
    return {
      parts: [{ type: 'video_url', video_url: { url } }],
      shown: { kind: 'video', as: 'video' },
      tokens: VIDEO_TOKENS,
    };
  };
}

async function videoUrl({ path }: MediaReference, place: VideoPlace): Promise<string> {
  switch (place.kind) {
    case 'file':
      return pathToFileURL(path).href;
    case 'url': {
      const within = relative(place.folder, path);
      if (within.startsWith('..')) {
        throw mediaUnreadable(path, `it is not in ${place.folder}, which stands for ${place.url}`);
      }
      const steps = within.split(sep).map(encodeURIComponent);
      return [place.url.replace(/\/+$/, ''), ...steps].join('/');
    }
    case 'inline': {
      try {
        const form = await formOfFile(path);
        const type = form ? form.type : VIDEO_TYPES[extname(path).toLowerCase()];
        if (type === undefined) {
          throw new Error(`it is no mp4, mov, webm or mkv${form ? ` but ${form.name}` : ''}`);
        }
        return `data:${type};base64,${(await readFile(path)).toString('base64')}`;
      } catch (cause) {
        throw mediaUnreadable(path, cause);
      }
    }
    default:
      place satisfies never;
      throw new TypeError('no such place of a video');
  }
}
