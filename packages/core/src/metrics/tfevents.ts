/**
 * The event files that TensorBoard reads: records of TFRecord framing (length, masked CRC-32C, data, masked CRC-32C), each
 * a protocol buffer `Event { 1: wall_time (double), 2: step (int64), 3: file_version | 5: Summary { 1: Value { 1: tag, 2: simple_value } } }`.
 */

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
  const summary = Object.entries(values).map(([tag, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), float(2, value)])),
  );
  return Buffer.concat([
    double(1, wallTimeSeconds),
    tagged(2, 0),
    varint(step),
    bytesField(5, Buffer.concat(summary)),
  ]);
}

/** Length in bytes of the leading records that are whole and belong to a step of at most `lastStep`. */
export function lengthThroughStep(file: Buffer, lastStep: number): number {
  let offset = 0;
  while (offset + 16 <= file.length) {
    const length = Number(file.readBigUInt64LE(offset));
    const end = offset + length + 16;
    if (end > file.length || stepOfEvent(file.subarray(offset + 12, end - 4)) > lastStep) break;
    offset = end;
  }
  return offset;
}

/** Step of an event written by this module; -1 for the version event. */
function stepOfEvent(event: Buffer): number {
  if (event[9] !== 2 << 3) return -1;
  let step = 0;
  for (let index = 10, scale = 1; index < event.length; index++, scale *= 128) {
    step += (event[index]! & 0x7f) * scale;
    if (event[index]! < 0x80) break;
  }
  return step;
}

function tagged(field: number, wireType: number): Buffer {
  return varint((field << 3) | wireType);
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
