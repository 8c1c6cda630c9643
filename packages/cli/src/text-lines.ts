import { createReadStream } from 'node:fs';

/** A line without its end. */
export interface TextLine {
  readonly text: string;
  /** Bytes of the file up to the end of the line. */
  readonly endByte: number;
  /** False for a last line without a line feed, whose writer was killed. */
  readonly isWhole: boolean;
}

/**
 * The lines of a file of any size, one in memory at a time. Only a line feed ends a line: JSON texts may contain other line breaks, at which
 * `node:readline` would split.
 */
export async function* textLines(file: string): AsyncGenerator<TextLine, void, undefined> {
  const stream = createReadStream(file, { highWaterMark: 1 << 18 });
  let rest: Buffer[] = [];
  let endByte = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      let from = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        const whole = Buffer.concat([...rest, bytes.subarray(from, end)]);
        endByte += whole.length + 1;
        yield { text: whole.toString('utf8'), endByte, isWhole: true };
        [rest, from] = [[], end + 1];
      }
      if (from < bytes.length) rest.push(bytes.subarray(from));
    }
  } finally {
    stream.destroy();
  }
  if (rest.length === 0) return;
  const left = Buffer.concat(rest);
  yield { text: left.toString('utf8'), endByte: endByte + left.length, isWhole: false };
}
