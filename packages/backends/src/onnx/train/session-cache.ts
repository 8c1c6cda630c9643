/** Compiled graphs by layout and purpose; the least recently used is released when there are too many. */
import type { SessionHandle, SessionHost } from '../session-host.ts';
import type { ModelGraph } from './model-graphs.ts';

/** A compiled graph. */
export interface CompiledGraph extends Omit<ModelGraph, 'model'> {
  readonly session: SessionHandle;
}

/** Compiles on demand. A session keeps the memory of its largest run, so few are kept. */
export class SessionCache {
  readonly #host: SessionHost;
  readonly #capacity: number;
  readonly #sessions = new Map<string, Promise<CompiledGraph>>();

  constructor(host: SessionHost, capacity: number) {
    this.#host = host;
    this.#capacity = capacity;
  }

  /** The compiled graph under a key, built by `make` when it is not there. */
  async obtain(key: string, make: () => ModelGraph): Promise<CompiledGraph> {
    const existing = this.#sessions.get(key);
    if (existing) {
      this.#sessions.delete(key);
      this.#sessions.set(key, existing);
      return existing;
    }
    const compiled = this.#compile(make());
    this.#sessions.set(key, compiled);
    compiled.catch(() => this.#sessions.delete(key));
    while (this.#sessions.size > this.#capacity) {
      const [oldest, released] = this.#sessions.entries().next().value!;
      this.#sessions.delete(oldest);
      await this.#host.releaseSession((await released).session);
    }
    return compiled;
  }

  async #compile({ model, parameters, gradients }: ModelGraph): Promise<CompiledGraph> {
    return { session: await this.#host.createSession(model), parameters, gradients };
  }
}
