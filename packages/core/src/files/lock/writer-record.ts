/** What a lock file says of the process that holds it, and whether that process can still be at work. */
import { readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** A process, by what tells it from every other one. */
export interface WriterRecord {
  readonly process: number;
  readonly host: string;
  /** When it took the lock, ISO 8601. */
  readonly since: string;
  /** When the process began, in the kernel's ticks: a reused process id has another. Absent where the system has no `/proc`. */
  readonly began?: string | undefined;
  /** The kernel's id of this start of the machine. Absent where the system has no `/proc`. */
  readonly boot?: string | undefined;
  /** The space that process ids are counted in: containers of one name have spaces of their own. */
  readonly space?: string | undefined;
  /** Path of the locked folder, links followed. */
  readonly path: string;
  /** Number of the folder in its file system. */
  readonly inode: string;
}

const schema = z.object({
  process: z.int().positive(),
  host: z.string(),
  since: z.string(),
  began: z.string().optional(),
  boot: z.string().optional(),
  space: z.string().optional(),
  path: z.string(),
  inode: z.string(),
});

/** A lock file's text; undefined when it is not one of ours, or half of one. */
export function parseRecord(text: string): WriterRecord | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The record of this process for a folder that is there. */
export function ownRecord(folder: string): WriterRecord {
  return {
    process: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    began: beganAt(process.pid),
    boot: readOrUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: readOrUndefined(() => readlinkSync('/proc/self/ns/pid')),
    path: realpathSync(folder),
    inode: String(statSync(folder, { bigint: true }).ino),
  };
}

/** Silence after which a process that cannot be looked up counts as gone. Signs of life come every `HEARTBEAT_MS`. */
export const SILENCE_MS = 180_000;
/** Between two signs of life. */
export const HEARTBEAT_MS = 15_000;

/** Whether a holder is at work: `alive` was seen, `heard` was heard of lately, `gone` is not there any more. */
export type WriterState = 'alive' | 'heard' | 'gone';

/**
 * Looks a holder up. A process of this machine is found by its id and beginning, any other one by its signs of life.
 *
 * @param silentMs since its last sign of life, by the clock of the file system.
 * @param own the record of this process for the folder in which the holder's was found.
 */
export function stateOf(writer: WriterRecord, silentMs: number, own: WriterRecord): WriterState {
  const heard = silentMs <= SILENCE_MS ? 'heard' : 'gone';
  if (writer.host !== own.host) return heard;
  if (writer.boot !== own.boot) return silentMs > uptimeMs() ? 'gone' : heard;
  if (writer.space !== own.space) return heard;
  // A copy of the folder took the lock along. A moved folder has another path, some file systems give other numbers: both is a copy.
  if (writer.path !== own.path && writer.inode !== own.inode) return 'gone';
  if (!isRunning(writer.process)) return 'gone';
  const began = beganAt(writer.process);
  if (began === undefined || writer.began === undefined) return heard;
  return began === writer.began ? 'alive' : 'gone';
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of `/proc/<id>/stat`, counted from behind the name, which may hold anything. A zombie has ended. */
function beganAt(id: number): string | undefined {
  const text = readOrUndefined(() => readFileSync(`/proc/${id}/stat`, 'utf8'));
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? 'ended' : fields?.[19];
}

/** How long this machine has been up; endless where it does not say. */
function uptimeMs(): number {
  const text = readOrUndefined(() => readFileSync('/proc/uptime', 'utf8'));
  return text === undefined ? Number.POSITIVE_INFINITY : Number.parseFloat(text) * 1000;
}

function readOrUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
