/** The values that a Python literal can have, and how Python writes and compares them. */

/** A value read from a Python literal. Integers are exact: numbers where a number is. Everything else keeps its kind. */
export type PythonValue =
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'complex'; readonly real: number; readonly imaginary: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: string }
  | { readonly kind: 'constant'; readonly value: 'None' | 'True' | 'False' | 'Ellipsis' }
  | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly PythonValue[] }
  | {
      readonly kind: 'dictionary';
      readonly entries: readonly (readonly [key: PythonValue, value: PythonValue])[];
    };

/** A value or a name read from a text, and where it ends. */
export type PythonAtom = { readonly end: number } & (
  | { readonly type: 'value'; readonly value: PythonValue }
  | { readonly type: 'name'; readonly text: string }
);

/** Python neither reads nor writes longer decimal integers. */
export const MAX_DECIMAL_DIGITS = 4300;

/** The text is not the literal it should be; the message says where. */
export class NotALiteral extends Error {}

/**
 * `str(value)`, for the kinds that can be a dictionary's key.
 *
 * @throws NotALiteral for an integer of more than 4300 digits, which Python does not write.
 */
export function pythonText(value: PythonValue): string {
  if (value.kind === 'string') return value.value;
  const pieces: string[] = [];
  writeRepr(value, pieces);
  return pieces.join('');
}

/**
 * A key that two values share exactly when Python's `==` and `hash` take them for the same: `1`, `1.0` and `True` are one key.
 * `undefined` for values that cannot be keys.
 */
export function pythonKey(value: PythonValue): string | number | undefined {
  switch (value.kind) {
    case 'integer':
      return typeof value.value === 'number' ? value.value : `n${value.value.toString(16)}`;
    case 'float':
      return numberKey(value.value);
    case 'complex':
      return value.imaginary === 0 ? numberKey(value.real) : `c${value.real},${value.imaginary}`;
    case 'constant':
      return CONSTANT_KEYS[value.value];
    case 'string':
      return `s${value.value}`;
    case 'bytes':
      return `b${value.value}`;
    case 'tuple': {
      // Lengths instead of quotes: what is nested deeply stays as long as it is.
      let key = 't';
      for (const item of value.items) {
        const part = pythonKey(item);
        if (part === undefined) return undefined;
        key += typeof part === 'number' ? `#${part};` : `${part.length}:${part}`;
      }
      return key;
    }
    case 'list':
    case 'set':
    case 'dictionary':
      return undefined;
    default:
      return value satisfies never;
  }
}

/** Adds the pieces of a value's `repr`. */
function writeRepr(value: PythonValue, pieces: string[]): void {
  switch (value.kind) {
    case 'integer':
      pieces.push(integerText(value.value));
      break;
    case 'float':
      pieces.push(floatText(value.value));
      break;
    case 'complex':
      pieces.push(complexText(value.real, value.imaginary));
      break;
    case 'constant':
      pieces.push(value.value);
      break;
    case 'string':
      pieces.push(quoted(value.value));
      break;
    case 'bytes':
      pieces.push('b', quoted(value.value));
      break;
    case 'tuple':
      writeItems(['(', value.items.length === 1 ? ',)' : ')'], value.items, pieces);
      break;
    case 'list':
      writeItems(['[', ']'], value.items, pieces);
      break;
    case 'set':
      if (value.items.length === 0) pieces.push('set()');
      else writeItems(['{', '}'], value.items, pieces);
      break;
    case 'dictionary':
      pieces.push('{');
      value.entries.forEach(([key, item], index) => {
        if (index > 0) pieces.push(', ');
        writeRepr(key, pieces);
        pieces.push(': ');
        writeRepr(item, pieces);
      });
      pieces.push('}');
      break;
    default:
      value satisfies never;
  }
}

function writeItems(
  [open, close]: readonly [open: string, close: string],
  items: readonly PythonValue[],
  pieces: string[],
): void {
  pieces.push(open);
  items.forEach((item, index) => {
    if (index > 0) pieces.push(', ');
    writeRepr(item, pieces);
  });
  pieces.push(close);
}

/** As numbers, `True` is 1 and `False` is 0. */
const CONSTANT_KEYS = { True: 1, False: 0, None: 'kNone', Ellipsis: 'kEllipsis' } as const;

function numberKey(value: number): string | number {
  if (Number.isSafeInteger(value)) return value + 0;
  return Number.isInteger(value) ? `n${BigInt(value).toString(16)}` : `n${value}`;
}

/** Hexadecimal integers have no limit, and writing a very long one as a decimal takes very long. */
function integerText(value: number | bigint): string {
  const isLong = typeof value === 'bigint' && value.toString(16).length > MAX_DECIMAL_DIGITS;
  const text = isLong ? undefined : String(value);
  if (text === undefined || text.replace('-', '').length > MAX_DECIMAL_DIGITS) {
    throw new NotALiteral(`an integer of more than ${MAX_DECIMAL_DIGITS} digits`);
  }
  return text;
}

/** Python writes `1.0`, `1e+16`, `1e-05` and `inf` where JavaScript writes `1`, `10000000000000000`, `0.00001`, `Infinity`. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', power = '0'] = Math.abs(value).toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) {
    const plain = Math.abs(value).toFixed(
      Math.max(mantissa.replace('.', '').length - 1 - exponent, 0),
    );
    return `${sign}${plain.includes('.') ? plain : `${plain}.0`}`;
  }
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
}

/** Parts of a complex number are written like floats, without a trailing `.0`. */
function complexText(real: number, imaginary: number): string {
  const part = (value: number) => floatText(value).replace(/\.0$/u, '');
  if (Object.is(real, 0)) return `${part(imaginary)}j`;
  const sign = imaginary < 0 || Object.is(imaginary, -0) ? '' : '+';
  return `(${part(real)}${sign}${part(imaginary)}j)`;
}

/** Single quotes unless the text holds some and no double ones; the escapes that matter for names. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${quote}${quote === "'" ? body.replaceAll("'", "\\'") : body}${quote}`;
}
