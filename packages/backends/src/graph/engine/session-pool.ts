/** Compiled sessions by key, each lent to its users; one that has to go is released when the last of them has done. */
import type { GraphRuntime, SessionHandle } from './graph-runtime.ts';

interface Entry<Facts> {
  readonly session: Promise<SessionHandle>;
  readonly facts: Facts;
  users: number;
  /** Whether it was taken out. */
  isOut: boolean;
}

/** A session in the making, and what is to be known of it. */
export interface NewSession<Facts> {
  readonly session: Promise<SessionHandle>;
  readonly facts: Facts;
}

/** Lends sessions. Which of them stay is for its owner to say. */
export class SessionPool<Facts> {
  readonly #runtime: Pick<GraphRuntime, 'releaseSession'>;
  readonly #entries = new Map<string, Entry<Facts>>();

  constructor(runtime: Pick<GraphRuntime, 'releaseSession'>) {
    this.#runtime = runtime;
  }

  /** What is known of each session by key, the least recently used first. */
  get facts(): ReadonlyMap<string, Facts> {
    return new Map([...this.#entries].map(([key, { facts }]) => [key, facts]));
  }

  /**
   * Lends the session under a key for as long as `work` takes; one that does not compile is not kept.
   *
   * @param make called when there is none.
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

  /** Takes sessions out; what is in use is released later. */
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
