/**
 * Random access to the lines of a JSONL file of any size: one streaming pass that remembers where each accepted line begins, and
 * reads on demand. Sixteen bytes a line stay in memory.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';
import { createReadStream } from 'node:fs';

/** Checks a parsed line. Returns the reason to skip it, or undefined to keep it. `index` is its place among the kept lines. */
export type LineVisitor = (
  value: unknown,
  place: { readonly line: number; readonly index: number },
) => string | undefined;

/** Numbers in a typed array that grows. */
class NumberColumn {
  #values = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: number): void {
    if (this.#size === this.#values.length) {
      const grown = new Float64Array(this.#size * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#size++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }
}

interface RawLine {
  readonly bytes: Buffer;
  /** Byte offset in the file. */
  readonly start: number;
  /** Counted from 1. */
  readonly line: number;
}

/** The lines of a file without their ends, holding one line and one chunk at a time. */
async function* rawLines(file: string): AsyncGenerator<RawLine, void, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let start = 0;
  let line = 1;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
    const bytes = chunk as Buffer;
    let from = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      const piece = bytes.subarray(from, end);
      const whole = restBytes === 0 ? piece : Buffer.concat([...rest, piece]);
      yield { bytes: whole, start, line };
      start += whole.length + 1;
      line++;
      [rest, restBytes, from] = [[], 0, end + 1];
    }
    if (from < bytes.length) {
      rest.push(bytes.subarray(from));
      restBytes += bytes.length - from;
    }
  }
  if (restBytes > 0) yield { bytes: Buffer.concat(rest), start, line };
}

const BYTE_ORDER_MARK = '\uFEFF';

/** The format of a file that does not hold lines of JSON, by its beginning, with a remedy; undefined for other files. */
async function otherForm(handle: FileHandle): Promise<string | undefined> {
  if (!(await handle.stat()).isFile()) return 'is a folder; name a file in it';
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
  const bytes = buffer.subarray(0, bytesRead);
  const mark = bytes.readUInt16BE.bind(bytes);
  if (bytesRead > 1 && mark(0) === 0x1f8b) return 'is compressed: unpack it with gunzip first';
  if (bytesRead > 1 && (mark(0) === 0xfffe || mark(0) === 0xfeff)) {
    return 'is UTF-16: save it as UTF-8';
  }
  const text = textOf(bytes).trimStart();
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    return 'is a pointer of git-lfs, not the file itself: run `git lfs pull` in its folder, or download it anew';
  }
  if (text.startsWith('[')) {
    return "is one JSON list, but Loci reads one record a line: `jq -c '.[]' OLD > NEW` converts it";
  }
  return undefined;
}

function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** The accepted lines of one file, by number. */
export class LineIndex {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #starts = new NumberColumn();
  readonly #lengths = new NumberColumn();

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /**
   * Reads a file once. It ignores empty lines. Lines that are not JSON, or that the visitor rejects, go to `skipped`.
   * @throws LociError `file-missing` when the file cannot be opened, `not-json-lines` when it is of another form as a whole.
   */
  static async build(
    file: string,
    visit: LineVisitor,
    skipped: (line: number, reason: string) => void,
  ): Promise<LineIndex> {
    const handle = await open(file, 'r').catch((error: unknown) => {
      throw new LociError('file-missing', `Cannot open ${file}: ${messageOf(error)}`, {
        cause: error,
      });
    });
    const index = new LineIndex(file, handle);
    try {
      const other = await otherForm(handle);
      if (other !== undefined) throw new LociError('not-json-lines', `${file} ${other}`);
      for await (const { bytes, start, line } of rawLines(file)) {
        const text = textOf(bytes);
        if (text.trim() === '') continue;
        const reason = judge(text, visit, { line, index: index.size });
        if (reason !== undefined) {
          skipped(line, reason);
          continue;
        }
        index.#starts.push(start);
        index.#lengths.push(bytes.length);
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    return index;
  }

  /** Number of accepted lines. */
  get size(): number {
    return this.#starts.size;
  }

  /**
   * The value of an accepted line.
   * @throws LociError `record-unreadable` when the file was changed since it was indexed.
   */
  async read(index: number): Promise<unknown> {
    const bytes = Buffer.alloc(this.#lengths.at(index));
    await this.#handle.read(bytes, 0, bytes.length, this.#starts.at(index));
    try {
      return JSON.parse(textOf(bytes));
    } catch (error) {
      throw new LociError(
        'record-unreadable',
        `${this.#file} was changed while in use: record ${index} cannot be read any more (${messageOf(error)}).`,
        { cause: error },
      );
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function judge(
  text: string,
  visit: LineVisitor,
  place: { readonly line: number; readonly index: number },
): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${messageOf(error)}`;
  }
  return visit(value, place);
}
