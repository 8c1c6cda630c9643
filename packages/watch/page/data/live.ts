/** The current runs: fetched once, then updated by events of the server. */
import { useEffect, useState } from 'preact/hooks';
import type { RunSummary } from '../../src/wire/wire.ts';
import { ask } from './fetching.ts';

/** The runs, and the state of the connection. */
export interface LiveRuns {
  readonly runs: readonly RunSummary[] | undefined;
  /** Whether the server can be reached. */
  readonly isConnected: boolean;
}

/** Follows the runs for as long as the page is open. */
export function useLiveRuns(): LiveRuns {
  const [state, setState] = useState<LiveRuns>({ runs: undefined, isConnected: true });
  useEffect(() => {
    let hasEvents = false;
    const set = (runs: readonly RunSummary[]): void => setState({ runs, isConnected: true });
    ask<readonly RunSummary[]>('api/runs').then(
      (runs) => hasEvents || set(runs),
      () => setState((before) => ({ ...before, isConnected: false })),
    );
    const source = new EventSource('api/events');
    source.addEventListener('runs', (event) => {
      hasEvents = true;
      set(JSON.parse((event as MessageEvent<string>).data) as readonly RunSummary[]);
    });
    source.onopen = () => setState((before) => ({ ...before, isConnected: true }));
    source.onerror = () => setState((before) => ({ ...before, isConnected: false }));
    return () => source.close();
  }, []);
  return state;
}
