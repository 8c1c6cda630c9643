/** Reads how long a server asks to wait: from its headers, from the body of its error, or from the words of it. */

/** Headers by their names in lower case. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parts of a failed reply that may name a wait. */
export interface FailedReply {
  readonly headers: ReplyHeaders;
  /** The parsed body. */
  readonly body: unknown;
  readonly words: string;
  /** Whether the failure concerns a rate, so that headers about rates explain it. */
  readonly isRate: boolean;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};
const SPAN =
  /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)(?![a-z])/giu;
const WORDS = new RegExp(
  `(?:try again|retry|wait|available|reset\\w*)\\b[^.]{0,20}?((?:${SPAN.source}[\\s,]*(?:and )?)+)`,
  'iu',
);
/** A number of seconds this large is a point in time, not a wait; in milliseconds it is a thousand times as large. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e12;

/** Milliseconds from now, never negative; undefined where the reply names no readable wait. */
export function namedWaitMs({ headers, body, words, isRate }: FailedReply): number | undefined {
  const nowMs = momentOf(headers['date']) ?? Date.now();
  const inMs = Number(textOf(headers['retry-after-ms']) || NaN);
  const waits = [
    Number.isFinite(inMs) && inMs >= 0 ? inMs : undefined,
    waitOf(textOf(headers['retry-after']), nowMs),
    retryInfo(body),
    ...(isRate ? [waitInWords(words), resetWait(headers, nowMs)] : []),
  ];
  return waits.find((wait) => wait !== undefined);
}

/** Reads seconds, a span such as `6m0s`, a date, or a point in time in seconds or milliseconds since 1970. */
function waitOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (!Number.isNaN(number)) {
    if (number < 0) return undefined;
    // `Retry-After: 86400000` is a wait of that many seconds; only values near the present are points in time.
    if (Math.abs(number * 1000 - nowMs) < EPOCH_SECONDS * 1000 && number > EPOCH_SECONDS) {
      return Math.max(0, number * 1000 - nowMs);
    }
    if (Math.abs(number - nowMs) < EPOCH_MS / 2 && number > EPOCH_MS) {
      return Math.max(0, number - nowMs);
    }
    return number * 1000;
  }
  const span = spanMs(text);
  if (span !== undefined) return span;
  const moment = momentOf(text);
  return moment === undefined ? undefined : Math.max(0, moment - nowMs);
}

function spanMs(text: string): number | undefined {
  if (text.replace(SPAN, '').trim() !== '') return undefined;
  return [...text.matchAll(SPAN)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitMs(unit!),
    0,
  );
}

function unitMs(unit: string): number {
  const name = unit.toLowerCase();
  if (/^(?:ms|millis)/u.test(name)) return 1;
  return UNITS_MS[name] ?? UNITS_MS[name.replace(/s$/u, '')] ?? 1000;
}

function waitInWords(words: string): number | undefined {
  const span = WORDS.exec(words)?.[1];
  return span === undefined ? undefined : spanMs(span.replace(/\band\b|,/giu, ' ').trim());
}

/** Google's `RetryInfo`, anywhere in a body: `{ retryDelay: "38s" }` or `{ retryDelay: { seconds, nanos } }`. */
function retryInfo(body: unknown, depth = 0): number | undefined {
  if (typeof body !== 'object' || body === null || depth > 6) return undefined;
  for (const [key, value] of Object.entries(body as Readonly<Record<string, unknown>>)) {
    const delay = /^(?:retryDelay|retry_delay|retry_after|retryAfter)$/u.test(key)
      ? delayOf(value)
      : retryInfo(value, depth + 1);
    if (delay !== undefined) return delay;
  }
  return undefined;
}

function delayOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value * 1000 : undefined;
  if (typeof value === 'string') return waitOf(value, Date.now());
  const { seconds = 0, nanos = 0 } = Object(value) as { seconds?: unknown; nanos?: unknown };
  const ms = Number(seconds) * 1000 + Number(nanos) / 1e6;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/**
 * Reads `x-ratelimit-reset-requests: 1s`, `anthropic-ratelimit-tokens-reset: 2026-…Z`, `ratelimit: limit=9, remaining=0, reset=5`. The longest
 * wait of those with nothing remaining counts; without any of those, the shortest.
 */
function resetWait(headers: ReplyHeaders, nowMs: number): number | undefined {
  const resets = Object.keys(headers)
    .filter((name) => /ratelimit/u.test(name))
    .flatMap((name) => {
      const text = textOf(headers[name]) ?? '';
      const combined = /\b(?:reset|t)=([\w.]+)/u.exec(text)?.[1];
      if (combined === undefined && !name.includes('reset')) return [];
      const wait = waitOf(combined ?? text, nowMs);
      if (wait === undefined) return [];
      const left =
        combined === undefined
          ? textOf(headers[name.replace('reset', 'remaining')])
          : /\b(?:remaining|r)=(\d+)/u.exec(text)?.[1];
      return [{ wait, isSpent: left !== undefined && Number(left) <= 0 }];
    });
  const spent = resets.filter(({ isSpent }) => isSpent).map(({ wait }) => wait);
  if (spent.length > 0) return Math.max(...spent);
  return resets.length === 0 ? undefined : Math.min(...resets.map(({ wait }) => wait));
}

function momentOf(value: string | readonly string[] | undefined): number | undefined {
  const moment = Date.parse(textOf(value) ?? '');
  return Number.isNaN(moment) ? undefined : moment;
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return (typeof value === 'object' ? value[0] : value)?.trim();
}
