/** Encodes numbers, names and lists as bytes of WebAssembly (WebAssembly Core Specification 2.0, chapter 5). */

/** A growing list of bytes. */
export type Code = readonly number[];

/** An integer from 0 to 2³² − 1 in LEB128. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** A signed 32-bit integer in LEB128. */
export function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(isLast ? low : low | 128);
    if (isLast) return bytes;
  }
}

/** A 32-bit float, the lowest byte first. */
export function float32(value: number): Code {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

/** A list with its length in front. */
export function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

/** Bytes with their count in front. */
export function sized(code: Code): Code {
  return [...unsigned(code.length), ...code];
}

/** A name in UTF-8. */
export function text(name: string): Code {
  return sized([...new TextEncoder().encode(name)]);
}
