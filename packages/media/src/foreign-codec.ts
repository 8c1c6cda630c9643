/** Finds the video codec of files that the demuxer skips or does not know: Ogg, MPEG transport streams, AVI. Only errors need it. */
import { headOf } from './file-bytes.ts';
import type { FileForm } from './file-form.ts';

/** The headers lie within these first bytes. */
const HEAD_BYTES = 64 * 1024;

/** Video streams of a program map (ISO/IEC 13818-1, table 2-34). */
const STREAM_TYPES: Readonly<Record<number, string>> = {
  0x01: 'MPEG-1',
  0x02: 'MPEG-2',
  0x10: 'MPEG-4 Part 2',
  0x1b: 'H.264',
  0x24: 'HEVC',
  0x33: 'H.266',
  0x42: 'AVS',
  0xd1: 'Dirac',
  0xea: 'VC-1',
};

const PACKET_BYTES = 188;

/** Name of the video codec; undefined when none is found. */
export async function foreignCodec(
  path: string,
  form: FileForm | undefined,
): Promise<string | undefined> {
  const head = await headOf(path, HEAD_BYTES);
  if (form?.name === 'Ogg') return oggCodec(head.toString('latin1'));
  if (form?.name === 'AVI') return aviCodec(head.toString('latin1'));
  return form?.name === 'MPEG transport stream' ? transportCodec(head) : undefined;
}

function oggCodec(head: string): string | undefined {
  if (head.includes('\x80theora')) return 'Theora';
  return head.includes('BBCD\0') ? 'Dirac' : undefined;
}

/** The compression that the header of the video stream names, or else its handler. */
function aviCodec(head: string): string | undefined {
  const stream = head.indexOf('strh');
  const video = head.indexOf('vids', stream);
  const format = head.indexOf('strf', video);
  if (stream < 0 || video < 0) return undefined;
  const handler = head.slice(video + 4, video + 8);
  const marks = format < 0 ? [handler] : [head.slice(format + 24, format + 28), handler];
  return marks.find((mark) => /^[\w .-]{4}$/.test(mark))?.trim();
}

/** The first video stream of the program map. */
function transportCodec(head: Buffer): string | undefined {
  for (let at = 0; at + PACKET_BYTES <= head.length; at += PACKET_BYTES) {
    const packet = head.subarray(at, at + PACKET_BYTES);
    const starts = (packet[1]! & 0x40) !== 0;
    const adaptation = packet[3]! & 0x20 ? packet[4]! + 1 : 0;
    const section = 4 + adaptation + 1 + (packet[4 + adaptation] ?? 0);
    // Table 2 is the program map.
    if (packet[0] !== 0x47 || !starts || packet[section] !== 2) continue;
    const length = packet.readUInt16BE(section + 1) & 0xfff;
    const end = Math.min(section + 3 + length - 4, PACKET_BYTES - 5);
    let entry = section + 12 + (packet.readUInt16BE(section + 10) & 0xfff);
    while (entry < end) {
      const name = STREAM_TYPES[packet[entry]!];
      if (name !== undefined) return name;
      entry += 5 + (packet.readUInt16BE(entry + 3) & 0xfff);
    }
  }
  return undefined;
}
