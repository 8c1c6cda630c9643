/**
 * Stops work on request: the first signal lets it end cleanly, a later one ends the process. A closed output, as after `| head`, counts as
 * a request too.
 */

/** Signals that arrive this close together belong to one key press or shutdown: the process gets one from the system and one from Nx. */
const SAME_PRESS_MS = 400;

/** Windows does not have SIGQUIT. */
const SIGNALS = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).filter(
  (name) => process.platform !== 'win32' || name !== 'SIGQUIT',
);

type EndingSignal = (typeof SIGNALS)[number];

/** The cause of a stop: a signal, or an output that nobody reads any more. */
export type StopReason = EndingSignal | 'closed output';

/** The part of `process` that `listenForInterrupt` uses; tests have their own. */
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
 * Stops the running work because nobody reads its output any more.
 *
 * @returns False when no work is running that could end cleanly.
 */
export function outputClosed(): boolean {
  for (const listener of listeners) listener();
  return listeners.size > 0;
}

/** Listens for stop requests. `onFirst` is called at the first one; a later signal exits with 130 at once. */
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
