/** Faults that a test can inject into the test server. */

/** The kinds of faults. */
export type FaultKind =
  /** The status is answered, with `headers`. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks off after so many bytes of the body. */
  | { readonly cutAfter: number }
  /** So many bytes more are sent, and announced, than there are. */
  | { readonly longerBy: number }
  /** A bit of the body is flipped. */
  | { readonly corrupt: true }
  /** The whole file is sent, whatever range was requested. */
  | { readonly ignoreRange: true }
  /** The connection stays open, and nothing more comes after so many bytes. */
  | { readonly silentAfter: number };

/** A fault, and the requests that it affects. */
export type Fault = FaultKind & {
  /** Of the request's path. */
  readonly at: RegExp;
  readonly method?: string;
  /** Number of requests that it affects; 1 by default. */
  readonly times?: number;
};

/** The faults still to show, in order. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Takes the fault of a request, and counts it. */
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
