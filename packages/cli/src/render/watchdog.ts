/** Gives a hang a name: when nothing has happened for a while, says which phase of the work is still running. */
export interface Watchdog {
  /** Something happened; from now on the work is in this phase. */
  enter(phase: string): void;
  stop(): void;
}

/**
 * Calls `report` with a line such as `still sampling step 4: nothing new for 60 s` whenever `silenceMs` passed without `enter`,
 * and again after each further such span. Its timer does not keep the process alive.
 */
export function createWatchdog(silenceMs: number, report: (line: string) => void): Watchdog {
  let phase = 'starting';
  let since = Date.now();
  const tick = (): void =>
    report(`still ${phase}: nothing new for ${Math.round((Date.now() - since) / 1000)} s`);
  let timer = setInterval(tick, silenceMs).unref();
  return {
    enter(next) {
      phase = next;
      since = Date.now();
      clearInterval(timer);
      timer = setInterval(tick, silenceMs).unref();
    },
    stop: () => clearInterval(timer),
  };
}
