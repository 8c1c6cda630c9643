/** Lends compiled sessions by key. A removed session is released after its last user. */
import type { GraphRuntime, SessionHandle } from './graph-runtime.ts';

interface Entry<Facts> {
  readonly session: Promise<SessionHandle>;
  readonly facts: Facts;
  users: number;
  /** Whether it was removed. */
  isOut: boolean;
}

/** A session, perhaps still compiling, and its owner's facts. */
export interface NewSession<Facts> {
  readonly session: Promise<SessionHandle>;
  readonly facts: Facts;
}

/** Lends sessions. Its owner decides which of them stay. */
export class SessionPool<Facts> {
  readonly #runtime: Pick<GraphRuntime, 'releaseSession'>;
  readonly #entries = new Map<string, Entry<Facts>>();

  constructor(runtime: Pick<GraphRuntime, 'releaseSession'>) {
    this.#runtime = runtime;
  }

  /** The owner's facts of each session by key, the least recently used first. */
  get facts(): ReadonlyMap<string, Facts> {
    return new Map([...this.#entries].map(([key, { facts }]) => [key, facts]));
  }

  /**
   * Lends the session under a key for as long as `work` takes. A session that does not compile is not kept.
   *
   * @param make called when the key has no session.
   */
  async use<Result>(
    key: string,
    make: () => NewSession<Facts>,
    work: (session: SessionHandle, facts: Facts) => Promise<Result>,
  ): Promise<Result> {
    const entry = this.#entries.get(key) ?? { ...make(), users: 0, isOut: false };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    try {
      const session = await entry.session.catch((error: unknown) => {
        this.#forget(key, entry);
        throw error;
      });
      return await work(session, entry.facts);
    } finally {
      entry.users--;
      await this.#releaseIfIdle(entry);
    }
  }

  /** Removes sessions; those in use are released later. */
  async remove(keys: Iterable<string>): Promise<void> {
    const removed = [...keys].flatMap((key) => {
      const entry = this.#entries.get(key);
      if (entry) this.#forget(key, entry);
      return entry ? [entry] : [];
    });
    for (const entry of removed) await this.#releaseIfIdle(entry);
  }

  #forget(key: string, entry: Entry<Facts>): void {
    entry.isOut = true;
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  async #releaseIfIdle({ session, users, isOut }: Entry<Facts>): Promise<void> {
    if (!isOut || users > 0) return;
    const made = await session.catch(() => undefined);
    if (made) await this.#runtime.releaseSession(made);
  }
}
