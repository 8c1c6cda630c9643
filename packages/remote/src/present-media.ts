/** Puts media into a request: frames as images, or the whole video, from which the server chooses frames. */
import { readFile } from 'node:fs/promises';
import { extname, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EVALUATION_FRAMES, LociError } from '@loci/core';
import type { MediaReference } from '@loci/core';
import {
  DEFAULT_FRAME_SETTINGS,
  createFrameCache,
  createFrameReader,
  formOfFile,
  mediaUnreadable,
  treatFrames,
} from '@loci/media';
import type { FrameReader, Picture } from '@loci/media';
import type { ChatPart } from './chat-completion.ts';
import type { MediaPresenter } from './remote-processor.ts';

/** Pixels along a side of a token of Qwen's vision tower. Frames become multiples of it; other models scale again themselves. */
const TOKEN_SIDE = 28;
/** Qwen makes one token of 28 · 28 pixels of a frame; other models are not far from that. */
const PIXELS_PER_TOKEN = TOKEN_SIDE * TOKEN_SIDE;

/** Shows frames of SpaceR's sizes as JPEGs, and keeps `cacheBytes` of decoded pixels. */
export function jpegFrames(cacheBytes: number, jpegQuality: number): MediaPresenter {
  const cache = createFrameCache(cacheBytes);
  return presentFrames(createFrameReader(DEFAULT_FRAME_SETTINGS, TOKEN_SIDE, cache), jpegQuality);
}

/** Shows each frame as a JPEG. A question without a selection of its own gets the frames of `EVALUATION_FRAMES`. */
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

/** Where a server finds a video: in the request, on its own disk, or at an address. */
export type VideoPlace =
  | { readonly kind: 'inline' }
  | { readonly kind: 'file' }
  | { readonly kind: 'url'; readonly folder: string; readonly url: string };

/** Media types by file ending, for files whose content does not show the type. */
const VIDEO_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
};

/** Assumed tokens of a video from which the server chooses frames. Servers do not report them, so this is a round number. */
const VIDEO_TOKENS = 8192;

/**
 * Sends videos as `video_url`, as vLLM, SGLang and hosted Qwen take them, and images as `frames` does. The server then chooses the frames:
 * selections have no effect, and a treatment throws LociError `frames-not-ours`.
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
        throw mediaUnreadable(path, `it is not in ${place.folder}, which ${place.url} serves`);
      }
      const steps = within.split(sep).map(encodeURIComponent);
      return [place.url.replace(/\/+$/, ''), ...steps].join('/');
    }
    case 'inline': {
      try {
        const form = await formOfFile(path);
        const type = form ? form.type : VIDEO_TYPES[extname(path).toLowerCase()];
        if (type === undefined) {
          throw new Error(`it is not mp4, mov, webm or mkv${form ? ` but ${form.name}` : ''}`);
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
