/** Fetches from the server. The last answer stays in view while the next one loads. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorView } from '../../src/wire/wire.ts';

/** The state of a request: its last value, its problem, and whether it is loading. */
export interface Fetched<Value> {
  readonly value: Value | undefined;
  readonly problem: string | undefined;
  readonly isLoading: boolean;
}

/** @throws Error with the server's message. */
export async function ask<Value>(address: string, signal?: AbortSignal): Promise<Value> {
  const response = await fetch(address, signal === undefined ? {} : { signal });
  if (response.ok) return (await response.json()) as Value;
  const body = (await response.json().catch(() => undefined)) as ErrorView | undefined;
  throw new Error(body?.message ?? `The server answered ${response.status}`);
}

/**
 * The answer at an address; none while it is undefined.
 *
 * @param version A change fetches again; the last answer stays in view.
 */
export function useFetched<Value>(
  address: string | undefined,
  version: number | string = 0,
): Fetched<Value> {
  const [state, setState] = useState<Fetched<Value>>({
    value: undefined,
    problem: undefined,
    isLoading: true,
  });
  const request = useRef<Request>(undefined);
  useEffect(() => {
    if (address === undefined) return;
    // A request to the same address is not aborted: else a run that writes quickly would never appear.
    if (request.current?.address === address && !request.current.isOver) {
      request.current.isAskedAgain = true;
      return;
    }
    request.current?.abort.abort();
    const own: Request = {
      address,
      abort: new AbortController(),
      isOver: false,
      isAskedAgain: false,
    };
    request.current = own;
    const fetchIt = async (): Promise<void> => {
      own.isAskedAgain = false;
      setState((before) => ({ ...before, isLoading: true }));
      try {
        const value = await ask<Value>(address, own.abort.signal);
        if (request.current === own) setState({ value, problem: undefined, isLoading: false });
      } catch (thrown) {
        if (request.current !== own || own.abort.signal.aborted) return;
        const problem = thrown instanceof Error ? thrown.message : String(thrown);
        setState((before) => ({ ...before, problem, isLoading: false }));
      }
      if (own.isAskedAgain && request.current === own) return fetchIt();
      own.isOver = true;
    };
    void fetchIt();
  }, [address, version]);
  useEffect(() => () => request.current?.abort.abort(), []);
  return state;
}

interface Request {
  readonly address: string;
  readonly abort: AbortController;
  isOver: boolean;
  isAskedAgain: boolean;
}

/** A value after it has not changed for a while: for typed text. */
export function useSettled<Value>(value: Value, ms: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
