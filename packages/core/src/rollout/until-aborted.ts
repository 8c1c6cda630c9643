import { Observable } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';

/** Unsubscribes from the source and errors with LociError `stopped` as soon as the signal is raised. */
export function untilAborted<T>(signal: AbortSignal | undefined): MonoTypeOperatorFunction<T> {
  return (source) => {
    if (signal === undefined) return source;
    return new Observable<T>((subscriber) => {
      const abort = (): void => {
        subscriber.error(stopped());
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort, { once: true });
      subscriber.add(() => {
        signal.removeEventListener('abort', abort);
      });
      subscriber.add(source.subscribe(subscriber));
    });
  };
}

/** The error of work that was stopped on request. */
export function stopped(): LociError {
  return new LociError('stopped', 'Stopped on request, before the end');
}
