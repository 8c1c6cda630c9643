/** Sends media files to browsers, whole or in ranges, and only files whose content is a video or a picture. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FastifyReply } from 'fastify';
import { HttpProblem } from './http-problem.ts';

/** Bytes that identify the format of a file. */
const HEAD = 16;

/**
 * Sends a file, or the requested range of it.
 *
 * @throws HttpProblem 404 for a missing file, 415 for a file that is neither video nor picture, whatever its name.
 */
export async function sendMedia(
  reply: FastifyReply,
  path: string,
  range: string | undefined,
): Promise<FastifyReply> {
  const type = await mediaType(path);
  const { size } = await stat(path);
  reply.header('content-type', type).header('accept-ranges', 'bytes');
  const [from, to] = rangeOf(range, size) ?? [0, size - 1];
  if (range === undefined) reply.header('content-length', size);
  else if (rangeOf(range, size) === undefined) {
    reply.header('content-range', `bytes */${size}`);
    throw new HttpProblem(416, 'range-invalid', `The file has ${size} bytes`);
  } else {
    reply
      .status(206)
      .header('content-range', `bytes ${from}-${to}/${size}`)
      .header('content-length', to - from + 1);
  }
  return reply.send(createReadStream(path, { start: from, end: Math.max(from, to) }));
}

/** First and last byte of a header `range: bytes=…`; undefined when the file has no such bytes. */
export function rangeOf(
  header: string | undefined,
  size: number,
): readonly [from: number, to: number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/u.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  return from <= to ? [from, to] : undefined;
}

async function mediaType(path: string): Promise<string> {
  let head: Buffer;
  try {
    const file = await open(path, 'r');
    head = Buffer.alloc(HEAD);
    await file.read(head, 0, HEAD, 0).finally(() => file.close());
  } catch {
    throw new HttpProblem(404, 'media-missing', `${path} is missing or unreadable`);
  }
  const found = FORMS.find(({ at, bytes }) => head.toString('latin1', at).startsWith(bytes));
  if (found !== undefined) return found.type;
  throw new HttpProblem(
    415,
    'no-media',
    `${path} is not a video or picture that a browser can show`,
  );
}

const FORMS = [
  { at: 4, bytes: 'ftyp', type: 'video/mp4' },
  { at: 0, bytes: '\x1aE\xdf\xa3', type: 'video/webm' },
  { at: 0, bytes: '\x89PNG', type: 'image/png' },
  { at: 0, bytes: '\xff\xd8\xff', type: 'image/jpeg' },
  { at: 8, bytes: 'WEBP', type: 'image/webp' },
  { at: 0, bytes: 'GIF8', type: 'image/gif' },
] as const;
