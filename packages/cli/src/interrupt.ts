/** Stopping on request: the first Ctrl-C asks the work to end cleanly, the second ends the process. */

/** Signals that arrive this close together are one key press, seen by us and passed on to us by Nx. */
const SAME_PRESS_MS = 400;

/** What `listenForInterrupt` needs of `process`; tests bring their own. */
export interface SignalSource {
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

/** An abort signal that follows the process's signals until `dispose`. */
export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

/** `onFirst` is called once, when the work is asked to stop; a later signal exits with 130 at once. */
export function listenForInterrupt(
  onFirst: () => void,
  source: SignalSource = process,
  now: () => number = Date.now,
): Interrupt {
  const controller = new AbortController();
  let firstAt = 0;
  const handle = (): void => {
    if (!controller.signal.aborted) {
      firstAt = now();
      onFirst();
      controller.abort();
    } else if (now() - firstAt > SAME_PRESS_MS) {
      source.exit(130);
    }
  };
  source.on('SIGINT', handle);
  source.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    dispose() {
      source.off('SIGINT', handle);
      source.off('SIGTERM', handle);
    },
  };
}
