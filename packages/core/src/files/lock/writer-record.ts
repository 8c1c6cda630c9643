/** The content of a lock file, and whether its process may still be running. */
import { readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** The identity of a process. */
export interface WriterRecord {
  readonly process: number;
  readonly host: string;
  /** When it took the lock, ISO 8601. */
  readonly since: string;
  /** When the process began, in the kernel's ticks, by which a reused process id is noticed. Absent on systems without `/proc`. */
  readonly began?: string | undefined;
  /** The kernel's id of the machine's current boot. Absent on systems without `/proc`. */
  readonly boot?: string | undefined;
  /** The process id namespace, because containers with the same host name have their own. */
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

/** Parses the text of a lock file; undefined when it is invalid or incomplete. */
export function parseRecord(text: string): WriterRecord | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The record of this process for an existing folder. */
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

/** Time without a heartbeat after which a process that cannot be looked up counts as gone. */
export const SILENCE_MS = 180_000;
/** Time between two heartbeats. */
export const HEARTBEAT_MS = 15_000;

/** State of a holder: `alive` by its process, `heard` by a recent heartbeat, or `gone`. */
export type WriterState = 'alive' | 'heard' | 'gone';

/**
 * Finds the state of a holder: for a process of this machine by its id and start time, for any other one by its heartbeat.
 *
 * @param silentMs Time since its last heartbeat, by the clock of the file system.
 * @param own The record of this process for the folder in which the holder's was found.
 */
export function stateOf(writer: WriterRecord, silentMs: number, own: WriterRecord): WriterState {
  const heard = silentMs <= SILENCE_MS ? 'heard' : 'gone';
  if (writer.host !== own.host) return heard;
  if (writer.boot !== own.boot) return silentMs > uptimeMs() ? 'gone' : heard;
  if (writer.space !== own.space) return heard;
  // A copied folder contains the lock file too. A moved one has another path, and on some file systems another inode; both differ in a copy.
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

/** Field 22 of `/proc/<id>/stat`, counted from the end of the name, which may contain anything. A zombie counts as ended. */
function beganAt(id: number): string | undefined {
  const text = readOrUndefined(() => readFileSync(`/proc/${id}/stat`, 'utf8'));
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? 'ended' : fields?.[19];
}

/** Uptime of this machine; infinite when it is unknown. */
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
