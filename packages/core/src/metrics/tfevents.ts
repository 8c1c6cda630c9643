/**
 * The event files that TensorBoard reads: records of TFRecord framing (length, masked CRC-32C, data, masked CRC-32C), each
 * a protocol buffer `Event { 1: wall_time (double), 2: step (int64), 3: file_version | 5: Summary { 1: Value } }`. A `Value { 1: tag }` has one of `2:
 * simple_value`, `4: Image { 1: height, 2: width, 3: colorspace, 4: bytes }`, and `8: TensorProto { 1: dtype, 8: string_val }` with `9: SummaryMetadata
 * { 1: PluginData { 1: "text" } }`, which is Markdown.
 */
import type { MediaPreview } from '../spec/index.ts';

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The masked form that TFRecord stores. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One record with its frame. */
export function frameRecord(data: Uint8Array): Buffer {
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), data.length + 12);
  return record;
}

/** The first event of every file. */
export function versionEvent(wallTimeSeconds: number): Buffer {
  const version = Buffer.from('brain.Event:2');
  return Buffer.concat([double(1, wallTimeSeconds), bytesField(3, version)]);
}

/** An event with scalars. */
export function scalarsEvent(
  wallTimeSeconds: number,
  step: number,
  values: Readonly<Record<string, number>>,
): Buffer {
  return summaryEvent(
    wallTimeSeconds,
    step,
    Object.entries(values).map(([tag, value]) => [tag, float(2, value)]),
  );
}

/** `DT_STRING` of TensorFlow's data types. */
const STRING_TYPE = 7;
/** Of an image: red, green and blue. */
const RGB = 3;

/** An event with Markdown by tag. */
export function textsEvent(
  wallTimeSeconds: number,
  step: number,
  texts: Readonly<Record<string, string>>,
): Buffer {
  const plugin = bytesField(9, bytesField(1, bytesField(1, Buffer.from('text'))));
  return summaryEvent(
    wallTimeSeconds,
    step,
    Object.entries(texts).map(([tag, text]) => {
      const tensor = Buffer.concat([
        whole(1, STRING_TYPE),
        // A shape without dimensions: one text.
        bytesField(2, Buffer.alloc(0)),
        bytesField(8, Buffer.from(text)),
      ]);
      return [tag, Buffer.concat([bytesField(8, tensor), plugin])];
    }),
  );
}

/** An event with pictures by tag. */
export function imagesEvent(
  wallTimeSeconds: number,
  step: number,
  pictures: Readonly<Record<string, MediaPreview>>,
): Buffer {
  return summaryEvent(
    wallTimeSeconds,
    step,
    Object.entries(pictures).map(([tag, { width, height, jpeg }]) => {
      const size = [whole(1, height), whole(2, width), whole(3, RGB)];
      return [tag, bytesField(4, Buffer.concat([...size, bytesField(4, jpeg)]))];
    }),
  );
}

function summaryEvent(
  wallTimeSeconds: number,
  step: number,
  values: readonly (readonly [tag: string, value: Buffer])[],
): Buffer {
  const summary = values.map(([tag, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), value])),
  );
  return Buffer.concat([
    double(1, wallTimeSeconds),
    whole(2, step),
    bytesField(5, Buffer.concat(summary)),
  ]);
}

/** A record of a file. */
export interface WrittenEvent {
  /** With its frame, as it stands in the file. */
  readonly record: Buffer;
  readonly event: Buffer;
  /** -1 for the version event. */
  readonly step: number;
  /** Of its first value; undefined for the version event. */
  readonly tag: string | undefined;
}

/** The whole records of a file that this module wrote. Pictures are drawn in the background, so their steps are not quite in order. */
export function wholeEvents(file: Buffer): readonly WrittenEvent[] {
  const events: WrittenEvent[] = [];
  for (let offset = 0; offset + 16 <= file.length;) {
    const end = offset + Number(file.readBigUInt64LE(offset)) + 16;
    if (end > file.length) break;
    const record = file.subarray(offset, end);
    const event = record.subarray(12, -4);
    events.push({ record, event, ...stepAndTag(event) });
    offset = end;
  }
  return events;
}

/** Whether two events of this module are equal except for the time at which they were written. */
export function isSameButTime(one: Buffer, other: Buffer): boolean {
  return one.subarray(WALL_TIME_BYTES).equals(other.subarray(WALL_TIME_BYTES));
}

/** Bytes of the wall time, which begins every event. */
const WALL_TIME_BYTES = 9;

function stepAndTag(event: Buffer): Pick<WrittenEvent, 'step' | 'tag'> {
  if (event[WALL_TIME_BYTES] !== 2 << 3) return { step: -1, tag: undefined };
  const step = readVarint(event, WALL_TIME_BYTES + 1);
  // The headers of the summary, of its first value and of the tag, each a byte of field and type and a length.
  let { end } = step;
  for (let header = 0; header < 2; header++) ({ end } = readVarint(event, end + 1));
  const length = readVarint(event, end + 1);
  const tag = event.toString('utf8', length.end, length.end + length.value);
  return { step: step.value, tag };
}

/** @returns the number at `start`, and where the next byte is. */
function readVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, scale = 1; ; at++, scale *= 128) {
    value += (bytes[at]! & 0x7f) * scale;
    if (bytes[at]! < 0x80) return { value, end: at + 1 };
  }
}

function tagged(field: number, wireType: number): Buffer {
  return varint((field << 3) | wireType);
}

function whole(field: number, value: number): Buffer {
  return Buffer.concat([tagged(field, 0), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function bytesField(field: number, data: Uint8Array): Buffer {
  return Buffer.concat([tagged(field, 2), varint(data.length), data]);
}

function double(field: number, value: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeDoubleLE(value);
  return Buffer.concat([tagged(field, 1), data]);
}

function float(field: number, value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeFloatLE(value);
  return Buffer.concat([tagged(field, 5), data]);
}
