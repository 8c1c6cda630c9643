/**
 * Allows one writer in each folder. A process that wants to write puts a file `.writer-<id>` there, then looks for files of others. It
 * withdraws when one of them is alive, and removes those of ended processes. Every process creates its file before it looks, so two can
 * never miss each other. The file's time is the holder's heartbeat for other machines.
 */
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { LociError } from '../../errors/loci-error.ts';
import { writingTo } from '../write-error.ts';
import { HEARTBEAT_MS, SILENCE_MS, ownRecord, parseRecord, stateOf } from './writer-record.ts';
import type { WriterRecord, WriterState } from './writer-record.ts';
import { startHeartbeat } from './heartbeat.ts';

/** Options of a folder lock. */
export interface LockOptions {
  /** Files without value of their own. They are removed on release when the folder was new or empty and has no other files. */
  readonly worthless?: readonly string[];
  /** Whether the lock files are in the parent folder, for a folder that is replaced as a whole. */
  readonly beside?: boolean;
}

/** Another process that writes. */
interface Other {
  readonly path: string;
  readonly writer: WriterRecord;
  readonly state: WriterState;
  readonly silentMs: number;
}

const ATTEMPTS = 8;
const held = new Set<FolderLock>();
/** Names of lock files that this process released but could not remove, because their folder was moved. */
const abandoned = new Set<string>();

/** The right to write into a folder, until `release`. */
export class FolderLock {
  readonly folder: string;
  readonly #path: string;
  /** The topmost folder that was created for it. */
  readonly #made: string | undefined;
  readonly #worthless: readonly string[];
  readonly #wasEmpty: boolean;
  readonly #stopHeartbeat: () => void;
  #isReleased = false;

  private constructor(
    folder: string,
    path: string,
    made: string | undefined,
    options: LockOptions,
  ) {
    this.folder = folder;
    this.#path = path;
    this.#made = made;
    this.#worthless = options.worthless ?? [];
    this.#wasEmpty = readdirSync(dirname(path)).every(isLockFile);
    this.#stopHeartbeat = startHeartbeat(path, HEARTBEAT_MS);
    if (held.size === 0) process.once('exit', releaseAll);
    held.add(this);
  }

  /**
   * Creates the folder, if it is missing, and locks it.
   *
   * @throws LociError `folder-in-use` naming process, host and time of the holder; `not-writable`, `disk-full`.
   */
  static take(directory: string, options: LockOptions = {}): FolderLock {
    const folder = resolve(directory);
    const place = options.beside === true ? dirname(folder) : folder;
    const prefix = lockPrefix(folder, options);
    const made = writingTo(place, () => mkdirSync(place, { recursive: true }));
    try {
      const id = randomUUID().slice(0, 8);
      for (let attempt = 1; ; attempt++) {
        const path = writeLock(place, prefix, id);
        const others = othersIn(place, prefix, path);
        const live = others.filter(({ state }) => state !== 'gone');
        if (live.length === 0) {
          for (const other of others) rmSync(other.path, { force: true });
          return new FolderLock(folder, path, made, options);
        }
        rmSync(path, { force: true });
        const [first] = live;
        if (attempt === ATTEMPTS || heldLong(first!)) throw inUse(folder, first!);
        pause(10 + Math.random() * 90);
      }
    } catch (thrown) {
      if (made !== undefined) removeEmpty(place, made);
      throw thrown;
    }
  }

  /** Whether a process that may be running holds the lock of the folder; false for a missing folder. */
  static isHeld(directory: string, options: LockOptions = {}): boolean {
    const folder = resolve(directory);
    const place = options.beside === true ? dirname(folder) : folder;
    if (!existsSync(place)) return false;
    return othersIn(place, lockPrefix(folder, options)).some(({ state }) => state !== 'gone');
  }

  /** The process that may be writing to a folder; undefined when there is none. */
  static holderOf(directory: string): Pick<WriterRecord, 'process' | 'host' | 'since'> | undefined {
    const folder = resolve(directory);
    if (!existsSync(folder)) return undefined;
    const others = othersIn(folder, lockPrefix(folder, {}));
    return others.find(({ state }) => state !== 'gone')?.writer;
  }

  /**
   * Checks, before long work starts, that `take` would succeed.
   *
   * @throws LociError `folder-in-use`.
   */
  static assertFree(directory: string): void {
    const folder = resolve(directory);
    if (!existsSync(folder)) return;
    const live = othersIn(folder, lockPrefix(folder, {})).find(({ state }) => state !== 'gone');
    if (live !== undefined) throw inUse(folder, live);
  }

  /**
   * Checks that the folder is still the one that was locked.
   *
   * @throws LociError `folder-lost` when it was removed, moved or taken over.
   */
  assertHeld(): void {
    if (this.isHeld()) return;
    throw new LociError(
      'folder-lost',
      `${this.folder} is no longer the folder that this process locked: it was moved, removed or taken over by another process. Nothing more is written to it; move it back, and resume`,
    );
  }

  /** Whether the folder is still the one that was locked; no other folder has a lock file of this name. */
  isHeld(): boolean {
    return existsSync(this.#path);
  }

  /** Unlocks the folder, and removes folders that it created and that are still empty. May be called again. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#stopHeartbeat();
    held.delete(this);
    if (held.size === 0) process.off('exit', releaseAll);
    if (!this.isHeld()) {
      abandoned.add(basename(this.#path));
      return;
    }
    const place = dirname(this.#path);
    if (this.#wasEmpty) removeWorthless(place, basename(this.#path), this.#worthless);
    rmSync(this.#path, { force: true });
    if (this.#made !== undefined) removeEmpty(place, this.#made);
  }
}

/** Whether a name is that of a lock file. */
export function isLockFile(name: string): boolean {
  return /^\.(?:.*\.)?writer-[0-9a-f]{8}(?:\.tmp)?$/.test(name);
}

function lockPrefix(folder: string, { beside = false }: LockOptions): string {
  return beside ? `.${basename(folder)}.writer-` : '.writer-';
}

function writeLock(place: string, prefix: string, id: string): string {
  const path = join(place, `${prefix}${id}`);
  return writingTo(path, () => {
    writeFileSync(`${path}.tmp`, `${JSON.stringify(ownRecord(place))}\n`);
    renameSync(`${path}.tmp`, path);
    return path;
  });
}

/** Lock files of others. @param own The own lock file, whose time gives the current time of the file system's clock. */
function othersIn(place: string, prefix: string, own?: string): readonly Other[] {
  const now = own === undefined ? Date.now() : statSync(own).mtimeMs;
  const self = ownRecord(place);
  return readdirSync(place)
    .filter((name) => name.startsWith(prefix) && isLockFile(name) && !name.endsWith('.tmp'))
    .map((name) => join(place, name))
    .filter((path) => path !== own)
    .flatMap((path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      const writer = stats && parseRecord(readText(path));
      if (stats === undefined) return [];
      const silentMs = now - stats.mtimeMs;
      const isVoid = writer === undefined || abandoned.has(basename(path));
      const state = isVoid ? 'gone' : stateOf(writer, silentMs, self);
      return [{ path, writer: writer ?? self, state, silentMs }];
    });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Whether the holder took its lock some time ago. One that came at the same moment may withdraw too. */
function heldLong({ writer }: Other): boolean {
  return Date.now() - Date.parse(writer.since) > 2_000;
}

function inUse(folder: string, { path, writer, state, silentMs }: Other): LociError {
  const holder = `process ${writer.process} on ${writer.host}, since ${writer.since}`;
  const ago = Math.max(0, Math.round(silentMs / 1000));
  const advice =
    state === 'alive'
      ? 'Wait for its end, stop it, or choose another folder'
      : `It cannot be looked up from here; its last heartbeat is ${ago} s old. Wait for its end, or choose another folder; ` +
        `if it has ended, try again ${SILENCE_MS / 1000} s after its last heartbeat, or remove ${path}`;
  return new LociError('folder-in-use', `${folder} is being written by ${holder}. ${advice}`, {
    details: { ...writer },
  });
}

function removeWorthless(place: string, lockName: string, worthless: readonly string[]): void {
  const others = readdirSync(place).filter((name) => name !== lockName);
  if (!others.every((name) => worthless.includes(name))) return;
  for (const name of others) rmSync(join(place, name), { force: true });
}

/** Removes `folder` and its parents up to `top`, as long as they are empty. */
export function removeEmpty(folder: string, top: string): void {
  for (let at = folder; !relative(top, at).startsWith('..'); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      return;
    }
  }
}

function releaseAll(): void {
  for (const lock of [...held]) lock.release();
}

/** Blocks the thread, so that locking stays synchronous. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
