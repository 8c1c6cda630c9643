import type { ServerResponse } from 'node:http';
import { HttpError } from './http-error.ts';
import type { ServeLimits } from './limits.ts';

/**
 * Does the work of a request. Its signal is raised when the time is over, or when whoever asked has gone.
 *
 * @throws HttpError 504 when the time is over, whether the work has noticed or not; 499 when nobody waits any more.
 */
export async function withinTime<Result>(
  response: ServerResponse,
  { answerMs }: ServeLimits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const { signal } = controller;
  const leave = (): void => controller.abort(new HttpError(499, 'gone', 'The client has gone'));
  const timer = setTimeout(() => controller.abort(tooSlow(answerMs)), answerMs);
  response.once('close', leave);
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as HttpError), { once: true });
  });
  try {
    return await Promise.race([work(signal), over]);
  } finally {
    clearTimeout(timer);
    response.off('close', leave);
  }
}

function tooSlow(answerMs: number): HttpError {
  return new HttpError(
    504,
    'too-slow',
    `Not scored within ${answerMs / 1000} s: send fewer items at once, or look for a slow reward (timeoutMs in its config)`,
  );
}
