/**
 * Stopping on request: the first signal that can be caught asks the work to end cleanly, a later one ends the process. A reader of the
 * output that leaves, as `head` does, asks as well.
 */

/** Signals that arrive this close together are one key press or one shutdown: seen by us, and passed on to us by Nx. */
const SAME_PRESS_MS = 400;

/** Windows knows no SIGQUIT. */
const SIGNALS = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).filter(
  (name) => process.platform !== 'win32' || name !== 'SIGQUIT',
);

type EndingSignal = (typeof SIGNALS)[number];

/** Who asked: a signal, or nobody any more who reads. */
export type StopReason = EndingSignal | 'closed output';

/** What `listenForInterrupt` needs of `process`; tests bring their own. */
export interface SignalSource {
  on(event: EndingSignal, listener: () => void): unknown;
  off(event: EndingSignal, listener: () => void): unknown;
  exit(code: number): void;
}

/** An abort signal that follows the process's signals until `dispose`. */
export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

const listeners = new Set<() => void>();

/**
 * Tells the work under way that nobody reads its output any more.
 *
 * @returns False when no work is under way that could end cleanly.
 */
export function outputClosed(): boolean {
  for (const listener of listeners) listener();
  return listeners.size > 0;
}

/** `onFirst` is called once, when the work is asked to stop; a later signal exits with 130 at once. */
export function listenForInterrupt(
  onFirst: (reason: StopReason) => void,
  source: SignalSource = process,
  now: () => number = Date.now,
): Interrupt {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (reason: StopReason): void => {
    firstAt = now();
    controller.abort();
    onFirst(reason);
  };
  const onClosed = (): void => {
    if (!controller.signal.aborted) stop('closed output');
  };
  const handlers = SIGNALS.map((name) => {
    const handle = (): void => {
      if (!controller.signal.aborted) stop(name);
      else if (now() - firstAt > SAME_PRESS_MS) source.exit(130);
    };
    source.on(name, handle);
    return [name, handle] as const;
  });
  listeners.add(onClosed);
  return {
    signal: controller.signal,
    dispose() {
      listeners.delete(onClosed);
      for (const [name, handle] of handlers) source.off(name, handle);
    },
  };
}
