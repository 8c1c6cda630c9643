/** Reads the header of a safetensors file: names, types, shapes and places, checked against the size of the file. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';
import { LFS_ADVICE, LFS_POINTER } from '../files/model-file.ts';

/** Bytes of an element. */
const BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  BOOL: 1,
} as const;

/** Element types of the format; `Checkpoint` reads some of them. */
export type TensorType = keyof typeof BYTES;

/** The place of a tensor in a checkpoint. */
export interface TensorEntry {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** File that holds it. */
  readonly file: string;
  /** First byte in the file, and the one past the last. */
  readonly begin: number;
  readonly end: number;
}

/** An open file of a checkpoint. */
export interface Shard {
  readonly handle: FileHandle;
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

const schema = z.object({ __metadata__: z.record(z.string(), z.string()).optional() }).catchall(
  z.object({
    dtype: z.enum(Object.keys(BYTES) as TensorType[], {
      error: ({ input }) =>
        `${JSON.stringify(input)} is not supported: take the checkpoint in bfloat16`,
    }),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

/** The error of a damaged checkpoint, with the name of its file. */
export function unreadable(file: string, problem: string, cause?: unknown): LociError {
  return new LociError('checkpoint-unreadable', `${file}: ${problem}`, {
    cause,
    details: { file },
  });
}

/** The longest header that the format allows; a greater number is the text of another kind of file. */
const LONGEST_HEADER = 100_000_000;

/** One system call reads at most 2 GiB. */
const LONGEST_READ = 2 ** 30;

/** Fills an array from a file. @throws LociError `checkpoint-unreadable` when the file ends before. */
export async function readInto(
  handle: FileHandle,
  file: string,
  begin: number,
  bytes: Uint8Array,
): Promise<void> {
  for (let filled = 0; filled < bytes.length;) {
    const wanted = Math.min(bytes.length - filled, LONGEST_READ);
    const { bytesRead } = await handle.read(bytes, filled, wanted, begin + filled);
    if (bytesRead === 0) {
      throw unreadable(file, `ends at byte ${begin + filled}, before ${begin + bytes.length}`);
    }
    filled += bytesRead;
  }
}

/** The message of zod or of the JSON parser, in one line. */
function problemOf(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return messageOf(cause);
  return cause.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(' ')}: ${message}`))
    .join('; ');
}

/** @throws LociError when two tensors share bytes, which the format forbids. */
function refuseOverlaps(file: string, entries: readonly TensorEntry[]): void {
  const filled = entries.filter(({ begin, end }) => end > begin);
  const inOrder = filled.sort((a, b) => a.begin - b.begin);
  for (const [index, entry] of inOrder.entries()) {
    const before = inOrder[index - 1];
    if (before === undefined || before.end <= entry.begin) continue;
    throw unreadable(
      file,
      `the header is damaged: "${before.name}" and "${entry.name}" lie in the same bytes`,
    );
  }
}

async function readHeader(handle: FileHandle, file: string): Promise<Omit<Shard, 'handle'>> {
  const facts = await handle.stat();
  if (!facts.isFile()) throw unreadable(file, 'is a folder, not a file of weights');
  const { size } = facts;
  if (size < 8)
    throw unreadable(file, `is ${size} bytes long: truncated, or not a safetensors file`);
  const prefix = new Uint8Array(8);
  await readInto(handle, file, 0, prefix);
  const opening = new TextDecoder('latin1').decode(prefix);
  if (LFS_POINTER.startsWith(opening)) throw unreadable(file, LFS_ADVICE);
  const base = 8 + Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (base > LONGEST_HEADER) {
    throw unreadable(file, `begins with ${JSON.stringify(opening)}: not a safetensors file`);
  }
  if (base > size) {
    throw unreadable(
      file,
      `truncated: the header should end at byte ${base}, the file ends at ${size}. Copy it again`,
    );
  }
  const text = new Uint8Array(base - 8);
  await readInto(handle, file, 8, text);
  let header: z.infer<typeof schema>;
  try {
    header = schema.parse(JSON.parse(new TextDecoder().decode(text)));
  } catch (cause) {
    throw unreadable(file, `the header is damaged: ${problemOf(cause)}`, cause);
  }
  const { __metadata__: metadata = {}, ...tensors } = header;
  const entries = Object.entries(tensors).map(([name, { dtype: type, shape, data_offsets }]) => {
    const [begin, end] = data_offsets;
    const bytes = shape.reduce((product, side) => product * side, BYTES[type]);
    if (end - begin !== bytes) {
      throw unreadable(
        file,
        `"${name}" should take ${bytes} bytes, but the header gives it ${end - begin}`,
      );
    }
    if (base + end > size) {
      throw unreadable(
        file,
        `truncated: "${name}" ends at byte ${base + end}, the file at ${size}. Copy it again`,
      );
    }
    return { name, type, shape, file, begin: base + begin, end: base + end };
  });
  refuseOverlaps(file, entries);
  return { entries, metadata };
}

/** Opens a file and reads its header. @throws LociError `checkpoint-unreadable`. */
export async function openShard(file: string): Promise<Shard> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    throw unreadable(file, `cannot be opened: ${messageOf(cause)}`, cause);
  }
  try {
    return { handle, ...(await readHeader(handle, file)) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
