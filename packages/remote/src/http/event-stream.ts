/** Reads server-sent events (html.spec.whatwg.org, section 9.2), as leniently as servers write them. */

/** One event. */
export interface ServerEvent {
  /** `message` unless the server names another. */
  readonly name: string;
  /** Its lines of data, joined by line feeds. */
  readonly data: string;
}

/**
 * Events from pieces of text. Lines end in a line feed, a carriage return or both; comments are skipped. Two things go beyond the standard:
 * the last event needs no blank line after it, and a line of JSON without `data:` counts as data, since some servers write errors that way.
 */
export async function* serverEvents(chunks: AsyncIterable<string>): AsyncIterable<ServerEvent> {
  let name = '';
  let data: string[] = [];
  const take = (): readonly ServerEvent[] => {
    const event = { name: name === '' ? 'message' : name, data: data.join('\n') };
    const isEmpty = data.length === 0 && name === '';
    name = '';
    data = [];
    return isEmpty ? [] : [event];
  };
  for await (const line of linesOf(chunks)) {
    if (line === '') {
      yield* take();
      continue;
    }
    if (/^\s*[{[]/u.test(line)) {
      data.push(line);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /u, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
  }
  yield* take();
}

/** The lines of a text that comes in chunks, without their ends. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let kept = '';
  let afterReturn = false;
  for await (const chunk of chunks) {
    if (chunk === '') continue;
    const text = afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    afterReturn = chunk.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/u);
    lines[0] = kept + lines[0]!;
    kept = lines.pop()!;
    yield* lines;
  }
  if (kept !== '') yield kept;
}
