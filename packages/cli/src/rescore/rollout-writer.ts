import {
  closeSync,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { FolderLock, LociError, writeError } from '@loci/core';
import type { RolloutLine } from '@loci/core';

/** Characters to gather before a write. */
const CHUNK = 1 << 18;

/** Writes rollouts to a temporary file and renames it at the end, so that the file is complete or absent. */
export class RolloutWriter {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #lock: FolderLock;
  #pending = '';
  #isOpen = true;

  /**
   * @throws LociError `out-is-input` when the file would overwrite its input, `folder-in-use` while another process writes the file,
   * `not-writable`.
   */
  constructor(path: string, input: string) {
    if (existsSync(path) && existsSync(input) && realpathSync(path) === realpathSync(input)) {
      throw new LociError('out-is-input', `--file names the input, ${path}: name another file`);
    }
    this.#path = path;
    this.#lock = FolderLock.take(path, { beside: true });
    try {
      this.#descriptor = this.#writing(() => openSync(`${path}.part`, 'w'));
    } catch (thrown) {
      this.#lock.release();
      throw thrown;
    }
  }

  /** @throws LociError `disk-full`, `not-writable`. */
  write(line: RolloutLine): void {
    this.#pending += `${JSON.stringify(line)}\n`;
    if (this.#pending.length >= CHUNK) this.#flush();
  }

  /** Completes the file. */
  finish(): void {
    this.#flush();
    this.#writing(() => {
      this.#close();
      renameSync(`${this.#path}.part`, this.#path);
    });
    this.#lock.release();
  }

  /** Removes an unfinished file. */
  discard(): void {
    if (!this.#isOpen) return;
    this.#close();
    rmSync(`${this.#path}.part`, { force: true });
    this.#lock.release();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    this.#writing(() => {
      for (let offset = 0; offset < bytes.length;) {
        offset += writeSync(this.#descriptor, bytes, offset);
      }
    });
  }

  #writing<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (thrown) {
      throw writeError(this.#path, thrown);
    }
  }
}
