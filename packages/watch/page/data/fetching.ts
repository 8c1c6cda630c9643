/** Asks the server, and keeps the last answer in view while the next is on its way. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorView } from '../../src/wire/wire.ts';

/** What is known of an answer. */
export interface Fetched<Value> {
  readonly value: Value | undefined;
  readonly problem: string | undefined;
  readonly isLoading: boolean;
}

/** @throws Error with what the server says is wrong. */
export async function ask<Value>(address: string, signal?: AbortSignal): Promise<Value> {
  const response = await fetch(address, signal === undefined ? {} : { signal });
  if (response.ok) return (await response.json()) as Value;
  const body = (await response.json().catch(() => undefined)) as ErrorView | undefined;
  throw new Error(body?.message ?? `The server answered ${response.status}`);
}

/**
 * The answer at an address; none while it is undefined.
 *
 * @param version Asked again where this changes; the last answer stays in view.
 */
export function useFetched<Value>(
  address: string | undefined,
  version: number | string = 0,
): Fetched<Value> {
  const [state, setState] = useState<Fetched<Value> & { readonly of?: string | undefined }>({
    value: undefined,
    problem: undefined,
    isLoading: true,
  });
  const latest = useRef(0);
  useEffect(() => {
    if (address === undefined) return;
    const turn = ++latest.current;
    const abort = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    ask<Value>(address, abort.signal).then(
      (value) => {
        if (turn === latest.current) setState({ value, problem: undefined, isLoading: false, of: address }); // prettier-ignore
      },
      (thrown: unknown) => {
        if (turn !== latest.current || abort.signal.aborted) return;
        const problem = thrown instanceof Error ? thrown.message : String(thrown);
        setState((before) => ({ ...before, problem, isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [address, version]);
  return state;
}

/** A value that stands still for a while before it is used: what is being typed. */
export function useSettled<Value>(value: Value, ms: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
