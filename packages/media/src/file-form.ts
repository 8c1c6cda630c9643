/** Recognizes the form of a file by its first bytes, whatever its name ends in. Readers go by it, and errors name it. */
import { headOf } from './file-bytes.ts';

/** The form of a file. */
export interface FileForm {
  /** As people call it, such as `PNG`. */
  readonly name: string;
  readonly holds: 'picture' | 'video' | 'sound' | 'other';
  /** Media type (RFC 6838) of videos that model servers accept. */
  readonly type?: string;
}

/** Enough for every mark below. */
const HEAD_BYTES = 512;

/** Brands of ISO base media files that hold pictures (ISO/IEC 23008-12, AV1 Image File Format). */
const PICTURE_BRANDS: Readonly<Record<string, string>> = {
  avif: 'AVIF',
  avis: 'AVIF',
  heic: 'HEIC',
  heix: 'HEIC',
  heim: 'HEIC',
  heis: 'HEIC',
  mif1: 'HEIC',
  msf1: 'HEIC',
};

/** Marks at the very start. */
const MARKS: readonly (readonly [mark: string, name: string, holds: FileForm['holds']])[] = [
  ['\xff\xd8\xff', 'JPEG', 'picture'],
  ['\x89PNG\r\n\x1a\n', 'PNG', 'picture'],
  ['GIF8', 'GIF', 'picture'],
  ['BM', 'BMP', 'picture'],
  ['II*\0', 'TIFF', 'picture'],
  ['MM\0*', 'TIFF', 'picture'],
  ['\0\0\0\x0cjP  ', 'JPEG 2000', 'picture'],
  ['\0\0\0\x0cJXL ', 'JPEG XL', 'picture'],
  ['\xff\x0a', 'JPEG XL', 'picture'],
  ['8BPS', 'Photoshop', 'picture'],
  ['FLV\x01', 'FLV', 'video'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'WMV', 'video'],
  ['\0\0\x01\xba', 'MPEG program stream', 'video'],
  ['\0\0\x01\xb3', 'MPEG video stream', 'video'],
  ['.RMF', 'RealMedia', 'video'],
  ['OggS', 'Ogg', 'video'],
  ['ID3', 'MP3', 'sound'],
  ['\xff\xfb', 'MP3', 'sound'],
  ['\xff\xf3', 'MP3', 'sound'],
  ['\xff\xf1', 'AAC', 'sound'],
  ['\xff\xf9', 'AAC', 'sound'],
  ['fLaC', 'FLAC', 'sound'],
  ['\x0b\x77', 'AC-3', 'sound'],
  ['#!AMR', 'AMR', 'sound'],
  ['%PDF', 'PDF', 'other'],
  ['PK\x03\x04', 'ZIP archive', 'other'],
  ['\x1f\x8b', 'gzip archive', 'other'],
  ['version https://git-lfs', 'Git LFS pointer', 'other'],
];

/** The form of a file; undefined when no mark of one is found. Rejects when the file cannot be opened. */
export async function formOfFile(path: string): Promise<FileForm | undefined> {
  return formOf(await headOf(path, HEAD_BYTES));
}

/** The form of a file, by its first bytes. */
function formOf(bytes: Buffer): FileForm | undefined {
  const head = bytes.toString('latin1');
  const box = head.slice(4, 8);
  if (box === 'ftyp') return isoForm(head);
  if (['moov', 'mdat', 'wide', 'styp', 'moof'].includes(box)) {
    return { name: 'MOV', holds: 'video', type: 'video/quicktime' };
  }
  if (head.startsWith('RIFF')) return riffForm(head.slice(8, 12));
  if (head.startsWith('\x1a\x45\xdf\xa3')) {
    return head.includes('webm')
      ? { name: 'WebM', holds: 'video', type: 'video/webm' }
      : { name: 'Matroska', holds: 'video', type: 'video/x-matroska' };
  }
  if (head[0] === 'G' && head[188] === 'G' && head[376] === 'G') {
    return { name: 'MPEG transport stream', holds: 'video', type: 'video/mp2t' };
  }
  if (/^\s*<(?:!doctype html|html)/i.test(head)) return { name: 'web page', holds: 'other' };
  const found = MARKS.find(([mark]) => head.startsWith(mark));
  return found && { name: found[1], holds: found[2] };
}

function isoForm(head: string): FileForm {
  const brand = head.slice(8, 12);
  const picture = head.slice(8, 32).includes('avif') ? 'AVIF' : PICTURE_BRANDS[brand];
  if (picture !== undefined) return { name: picture, holds: 'picture' };
  return brand === 'qt  '
    ? { name: 'MOV', holds: 'video', type: 'video/quicktime' }
    : { name: 'MP4', holds: 'video', type: 'video/mp4' };
}

function riffForm(kind: string): FileForm | undefined {
  switch (kind) {
    case 'WEBP':
      return { name: 'WebP', holds: 'picture' };
    case 'AVI ':
      return { name: 'AVI', holds: 'video' };
    case 'WAVE':
      return { name: 'WAV', holds: 'sound' };
    default:
      return undefined;
  }
}
