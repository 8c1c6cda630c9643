/** Reads the error in a server's reply, whatever its form. */

/** An error in a server's own words. */
export interface ServerError {
  /** As they came, markup included; empty where the server gave none. */
  readonly words: string;
  /** Names of the error, such as `context_length_exceeded` or `BadRequestError`; the most exact first. */
  readonly codes: readonly string[];
  /** An HTTP status that the body names. It may differ from that of the reply. */
  readonly status?: number;
  /** The setting that the error concerns. */
  readonly parameter?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const WORDS: readonly string[] = [
  ...['message', 'error_message', 'errorMessage', 'error_msg', 'err_msg', 'msg', 'detail'],
  ...['details', 'description', 'error_description', 'reason', 'title', 'fault', 'faultstring'],
];
const CODES: readonly string[] = ['code', 'error_code', 'errorCode', 'type', 'status', 'reason'];
const STATUSES: readonly string[] = [
  ...['code', 'status', 'status_code', 'statusCode', 'http_status', 'error_code'],
];
const DEEPEST = 6;

/**
 * The error in a parsed body: OpenAI's `{ error: { message } }`, vLLM's `{ object: "error", message, code }`, FastAPI's `{ detail: [...] }`, texts
 * and lists of any of these. Undefined for any other body, such as a completion with `error: null`.
 */
export function errorIn(body: unknown): ServerError | undefined {
  if (Array.isArray(body)) {
    const errors = body.flatMap((entry: unknown) => errorIn(entry) ?? []);
    return errors[0];
  }
  if (!isFields(body)) return undefined;
  const named = [body['error'], body['errors'], body['Error']].find(isSomething);
  if (named !== undefined) return merged(read(named), read({ ...body, error: null }));
  if (body['object'] === 'error' || body['type'] === 'error' || body['success'] === false) {
    return read(body);
  }
  const isAnswer = ['choices', 'usage', 'object', 'delta', 'data'].some((key) =>
    isSomething(body[key]),
  );
  const hasWords = WORDS.some((key) => isSomething(body[key]) && key !== 'message');
  // A lone `message` is an error when it is text; in other interfaces it is the answer.
  const hasMessage = typeof body['message'] === 'string';
  return !isAnswer && (hasWords || hasMessage) ? read(body) : undefined;
}

/** The error of a reply with an error status. A body of no known form is its words. */
export function errorInText(text: string): ServerError {
  const json = parsed(text);
  return errorIn(json) ?? (json === undefined ? { words: text, codes: [] } : read(json));
}

function read(value: unknown, depth = 0): ServerError {
  if (typeof value === 'string') {
    const inner = /^\s*[{[]/u.test(value) ? parsed(value) : undefined;
    return inner === undefined || depth > DEEPEST
      ? { words: value, codes: [] }
      : read(inner, depth + 1);
  }
  if (Array.isArray(value)) return readList(value, depth);
  if (!isFields(value)) return { words: isSomething(value) ? String(value) : '', codes: [] };
  if (depth > DEEPEST) return { words: JSON.stringify(value), codes: [] };
  const named = [value['error'], value['errors']].find(isSomething);
  const inner = named === undefined ? undefined : read(named, depth + 1);
  const words = WORDS.map((key) => value[key]).find(isSomething);
  const worded = words === undefined ? undefined : read(words, depth + 1);
  const own: ServerError = {
    words: worded?.words ?? (inner === undefined ? wordsOf(value) : ''),
    codes: [...codesOf(value), ...(worded?.codes ?? [])],
    ...withStatus(statusOf(value) ?? worded?.status),
    ...withParameter(parameterOf(value) ?? worded?.parameter),
  };
  return inner === undefined ? own : merged(inner, own);
}

/** Faults of single fields with their places, as FastAPI lists them. A list of other things gives the codes of the first one with words. */
function readList(list: readonly unknown[], depth: number): ServerError {
  const errors = list.map((entry) => read(entry, depth + 1));
  const words = list.flatMap((entry, index) => {
    const place = isFields(entry) && Array.isArray(entry['loc']) ? entry['loc'].join('.') : '';
    const text = errors[index]!.words;
    return text === '' ? [] : [place === '' ? text : `${place}: ${text}`];
  });
  const first = errors.find((error) => error.words !== '');
  return { codes: [], ...first, words: words.join('; ') };
}

function merged(inner: ServerError, outer: ServerError): ServerError {
  return {
    words: inner.words === '' ? outer.words : inner.words,
    codes: [...new Set([...inner.codes, ...outer.codes])],
    ...withStatus(inner.status ?? outer.status),
    ...withParameter(inner.parameter ?? outer.parameter),
  };
}

function codesOf(fields: Fields): readonly string[] {
  return CODES.flatMap((key) => {
    const value = fields[key];
    return typeof value === 'string' && value !== '' && value !== 'error' && !/^\d+$/u.test(value)
      ? [value]
      : [];
  });
}

function statusOf(fields: Fields): number | undefined {
  const numbers = STATUSES.map((key) => fields[key]).map((value) =>
    typeof value === 'number' || (typeof value === 'string' && /^\d{3}$/u.test(value))
      ? Number(value)
      : NaN,
  );
  return numbers.find((number) => number >= 400 && number < 600);
}

function parameterOf(fields: Fields): string | undefined {
  const { param, loc } = fields;
  if (typeof param === 'string' && param !== '') return param;
  if (!Array.isArray(loc)) return undefined;
  const path = loc.filter((step) => step !== 'body');
  // Deeper faults concern the messages, which no setting changes.
  return path.length === 1 && typeof path[0] === 'string' ? path[0] : undefined;
}

/** The whole object as text where no field is known to hold words; empty when it has nothing but codes. */
function wordsOf(fields: Fields): string {
  const entries = Object.entries(fields).filter(([, value]) => isSomething(value));
  return entries.every(([key]) => CODES.includes(key) || STATUSES.includes(key) || key === 'object')
    ? ''
    : JSON.stringify(Object.fromEntries(entries));
}

const withStatus = (status: number | undefined) => (status === undefined ? {} : { status });
const withParameter = (parameter: string | undefined) =>
  parameter === undefined ? {} : { parameter };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.values(value).some(isSomething);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
