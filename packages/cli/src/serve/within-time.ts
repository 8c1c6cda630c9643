import type { ServerResponse } from 'node:http';
import { HttpError } from './http-error.ts';
import type { ServeLimits } from './limits.ts';

/**
 * Checked by work between its parts, to end early. It is only the needed part of an `AbortSignal`, since a whole one would cost a small
 * request a twentieth of its time.
 */
export type Patience = Pick<AbortSignal, 'throwIfAborted'>;

/**
 * Does the work of a request. Its patience ends when the time is over, or when the client has gone.
 *
 * @throws HttpError 504 when the time is over, even before the work notices; 499 when the client has gone.
 */
export async function withinTime<Result>(
  response: ServerResponse,
  { answerMs }: ServeLimits,
  work: (patience: Patience) => Promise<Result>,
): Promise<Result> {
  let ended: HttpError | undefined;
  let timer: NodeJS.Timeout | undefined;
  let leave = (): void => undefined;
  const over = new Promise<never>((_, reject) => {
    const end = (reason: HttpError): void => reject((ended ??= reason));
    leave = () => end(new HttpError(499, 'gone', 'The client has gone'));
    timer = setTimeout(() => end(tooSlow(answerMs)), answerMs);
  });
  response.once('close', leave);
  const patience = {
    throwIfAborted: (): void => {
      if (ended) throw ended;
    },
  };
  try {
    return await Promise.race([work(patience), over]);
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
