/** Faults that the server for tests shows on request. */

/** What goes wrong. */
export type FaultKind =
  /** The status is answered, with `headers`. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks off after so many bytes of the body. */
  | { readonly cutAfter: number }
  /** So many bytes more are sent, and announced, than there are. */
  | { readonly longerBy: number }
  /** A bit of the body is another one. */
  | { readonly corrupt: true }
  /** All of the file is sent, whatever part was asked for. */
  | { readonly ignoreRange: true }
  /** The connection stays open, and nothing more comes after so many bytes. */
  | { readonly silentAfter: number };

/** A fault, and when it shows. */
export type Fault = FaultKind & {
  /** Of the request's path. */
  readonly at: RegExp;
  readonly method?: string;
  /** Requests that it meets; 1 by default. */
  readonly times?: number;
};

/** Faults in the order in which they wait. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** The fault that a request meets; it counts then. */
  take(method: string, path: string): Fault | undefined {
    const found = this.#waiting.find(
      ({ fault, left }) => left > 0 && fault.at.test(path) && (fault.method ?? method) === method,
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.fault;
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}
