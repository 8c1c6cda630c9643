/** Cuts a reply into the pieces of a completion, whatever its framing: whole JSON, events, or one JSON object a line. */
import { serverEvents } from './http/event-stream.ts';
import { PassingFailure } from './http/passing-failure.ts';

/** A piece of a reply. */
export type Piece =
  /** The whole completion. */
  | { readonly kind: 'whole'; readonly json: unknown }
  /** A part of it, or a whole error in an event of that name. */
  | { readonly kind: 'part'; readonly json: unknown; readonly isError: boolean }
  /** `[DONE]`. */
  | { readonly kind: 'done' }
  /** Text that is not JSON: a remark within a stream, or the whole reply. */
  | { readonly kind: 'text'; readonly text: string };

const DONE = /^\s*"?\[DONE\]"?\s*$/iu;

/**
 * The pieces of a text that comes in chunks. The beginning of the text shows its framing; headers are often wrong about it.
 *
 * @throws PassingFailure for damaged JSON.
 */
export async function* readPieces(chunks: AsyncIterable<string>): AsyncIterable<Piece> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start = '';
  try {
    while (start.trimStart().length < 'event:'.length) {
      const next = await iterator.next();
      if (next.done === true) break;
      start += next.value;
    }
    const rest = joined(start, iterator);
    const head = start.trimStart();
    if (head === '') return;
    if (/^(?::|data\s*:|event\s*:|id\s*:|retry\s*:)/u.test(head)) yield* eventPieces(rest);
    else yield* textPieces(await collected(rest));
  } finally {
    await iterator.return?.();
  }
}

async function* joined(start: string, iterator: AsyncIterator<string>): AsyncIterable<string> {
  yield start.trimStart();
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    yield next.value;
  }
}

async function collected(chunks: AsyncIterable<string>): Promise<string> {
  const pieces: string[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return pieces.join('');
}

async function* eventPieces(chunks: AsyncIterable<string>): AsyncIterable<Piece> {
  for await (const { name, data } of serverEvents(chunks)) {
    const isError = name === 'error';
    const whole = parse(data);
    if (whole !== undefined) {
      yield { kind: 'part', json: whole, isError };
      continue;
    }
    // A server that leaves out the blank line between events joins several into one.
    for (const line of data.split('\n')) yield* lineOf(line, isError);
  }
}

function textPieces(text: string): readonly Piece[] {
  const json = parse(text);
  if (json !== undefined && typeof json === 'object') return [{ kind: 'whole', json }];
  if (!/^\s*[{[]/u.test(text)) return [{ kind: 'text', text }];
  return text.split(/\r\n|\r|\n/u).flatMap((line) => lineOf(line, false));
}

function lineOf(line: string, isError: boolean): readonly Piece[] {
  if (line.trim() === '') return [];
  if (DONE.test(line)) return [{ kind: 'done' }];
  const json = parse(line);
  if (json !== undefined) return [{ kind: 'part', json, isError }];
  if (isError) return [{ kind: 'part', json: line, isError }];
  if (/^\s*[{[]/u.test(line)) throw new PassingFailure('it sent damaged JSON');
  return [{ kind: 'text', text: line }];
}

/** Numbers that Python writes and JSON lacks, or a string, which may contain such a word. */
const STRAY = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gu;

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const mended = text.replace(STRAY, (found) => (found.startsWith('"') ? found : 'null'));
    return mended === text ? undefined : parse(mended);
  }
}
