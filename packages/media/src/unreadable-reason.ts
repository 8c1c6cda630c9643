/** Words errors about files that cannot be read: the reason, and a way out. */
import { parse, join } from 'node:path';
import type { InputVideoTrack } from 'mediabunny';
import { LociError, messageOf, shellWord } from '@loci/core';
import type { FileForm } from './file-form.ts';

/** The error of a file that is damaged, that holds neither a picture nor a video, or that does not fit the model. */
export function mediaUnreadable(path: string, reason: unknown): LociError {
  return new LociError('media-unreadable', `${path} cannot be read: ${messageOf(reason)}`, {
    ...(reason instanceof Error && { cause: reason }),
    details: { path },
  });
}

/** Names of codecs whose marks few people know, by their marks in mp4, mov and Matroska. */
const CODEC_NAMES: Readonly<Record<string, string>> = {
  mp4v: 'MPEG-4 Part 2 or MPEG-2',
  'V_MPEG4/ISO/ASP': 'MPEG-4 Part 2',
  'V_MPEG4/ISO/SP': 'MPEG-4 Part 2',
  'V_MPEG4/MS/V3': 'MS MPEG-4',
  V_MPEG1: 'MPEG-1',
  V_MPEG2: 'MPEG-2',
  V_MJPEG: 'Motion JPEG',
  V_THEORA: 'Theora',
  'V_MS/VFW/FOURCC': 'a codec of Video for Windows',
  jpeg: 'Motion JPEG',
  mjpa: 'Motion JPEG',
  s263: 'H.263',
  h263: 'H.263',
  AVdn: 'DNxHD',
  AVdh: 'DNxHR',
  'rle ': 'QuickTime Animation',
  'png ': 'PNG',
  'raw ': 'uncompressed',
  SVQ3: 'Sorenson Video 3',
  CFHD: 'CineForm',
  vvc1: 'H.266',
  vvi1: 'H.266',
};

/** A command that makes a video readable. */
export function conversionOf(path: string): string {
  const { dir, name } = parse(path);
  return `convert it with: ffmpeg -i ${shellWord(path)} -c:v libx264 -pix_fmt yuv420p ${shellWord(join(dir, `${name}.h264.mp4`))}`;
}

/** The codec of a track, by its mark and by the name that people know. */
export async function codecNameOf(track: InputVideoTrack): Promise<string> {
  const id = await track.getInternalCodecId();
  const mark = typeof id === 'string' ? id : '';
  const printable = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(mark) ? mark.trim() : '';
  const known = CODEC_NAMES[mark] ?? (await track.getCodec()) ?? '';
  if (printable === '') return known || 'without a name';
  return known === '' || known === printable ? printable : `${printable} (${known})`;
}

/**
 * Why no video reader knows a file.
 *
 * @param codec name of its video codec, where it is known.
 */
export function notVideo(path: string, form: FileForm | undefined, codec?: string): string {
  switch (form?.holds) {
    case 'picture':
      return form.name === 'GIF'
        ? `it is a picture (GIF), given as a video; ${conversionOf(path)}, or give it as an image`
        : `it is a picture (${form.name}), given as a video: give it as an image`;
    case 'video':
      return `it is damaged, or its form (${form.name}${codec === undefined ? '' : `, with ${codec}`}) is not supported; if it plays, ${conversionOf(path)}`;
    case 'sound':
      return `it has no video track, only sound (${form.name})`;
    case 'other':
      return `it is not a video but a ${otherName(form)}`;
    case undefined:
      return 'it is damaged or not a video';
    default:
      throw new TypeError('unknown form of a file');
  }
}

/** Why a file holds no picture; undefined when it looks like one. */
export function notPicture(form: FileForm | undefined): string | undefined {
  switch (form?.holds) {
    case 'video':
      return `it is a video (${form.name}), given as an image: give it as a video, or name the second to show`;
    case 'sound':
      return `it is sound (${form.name}), not a picture`;
    case 'other':
      return `it is not a picture but a ${otherName(form)}`;
    case 'picture':
    case undefined:
      return undefined;
    default:
      throw new TypeError('unknown form of a file');
  }
}

function otherName({ name }: FileForm): string {
  if (name === 'Git LFS pointer') return `${name} to one: run git lfs pull`;
  return name === 'web page' ? `${name}, such as a failed download leaves: fetch it again` : name;
}

/** Forms of pictures without a decoder. */
const UNREAD_PICTURES = new Set(['HEIC', 'JPEG 2000', 'JPEG XL', 'Photoshop']);

/** Why a picture cannot be read, from the message of its reader. */
export function unreadPicture(path: string, form: FileForm | undefined, complaint: string): string {
  const { dir, name } = parse(path);
  const conversion = `convert it with: magick ${shellWord(path)} ${shellWord(join(dir, `${name}.png`))}`;
  if (form && UNREAD_PICTURES.has(form.name)) {
    return `its form (${form.name}) is not supported; ${conversion}`;
  }
  if (complaint.includes('unsupported image format')) {
    return `it is damaged or not a picture; if it can be viewed, ${conversion}`;
  }
  // The library adds a line for each warning; the last one has the reason of the failure.
  const last = complaint.trim().split('\n').at(-1) ?? complaint;
  return `it is truncated or damaged (${last}): fetch it again, or save it again`;
}
