/** Reports the running phase of the work when nothing has happened for a while. */
export interface Watchdog {
  /** The work enters a phase. */
  enter(phase: string): void;
  stop(): void;
}

/**
 * Calls `report` with a line such as `still sampling step 4: nothing new for 60 s` whenever `silenceMs` have passed without `enter`,
 * and again after each further such time. Its timer does not keep the process alive.
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
