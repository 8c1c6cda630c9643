/** How long to wait before a request is sent again. */

const FIRST_MS = 500;
const LONGEST_MS = 20_000;
/** When a server asks for a longer wait, the request fails: a person repeats it later. */
const LONGEST_ASKED_MS = 10 * 60_000;

/**
 * The wait that the server asks for in `Retry-After` (seconds or a date) or, as the hub does, in `t` of `RateLimit`; else twice the previous wait.
 *
 * @param attempt the one that failed, counted from 1.
 * @returns milliseconds; undefined where the server asks for more than 10 minutes.
 * Source: RFC 9110, section 10.2.3; draft-ietf-httpapi-ratelimit-headers.
 */
export function waitBefore(attempt: number, response: Response | undefined): number | undefined {
  const asked = response && askedFor(response.headers);
  if (asked !== undefined) return asked <= LONGEST_ASKED_MS ? asked : undefined;
  const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return grown / 2 + Math.random() * (grown / 2);
}

/** The milliseconds that a server asks to wait; undefined where it asks for none. */
export function askedFor(headers: Headers, now = Date.now()): number | undefined {
  const after = headers.get('retry-after')?.trim();
  if (after !== undefined && /^\d+$/u.test(after)) return Number(after) * 1000;
  const date = after === undefined ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const rest = /(?:^|;)\s*t=(\d+)/u.exec(headers.get('ratelimit') ?? '')?.[1];
  return rest === undefined ? undefined : Number(rest) * 1000;
}
