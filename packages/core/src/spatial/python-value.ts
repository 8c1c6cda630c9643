/** The values that a Python literal can have, and how Python writes and compares them. */

/** A value read from a Python literal. Integers are exact; everything else keeps its kind. */
export type PythonValue =
  | { readonly kind: 'integer'; readonly value: bigint }
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

/** The text is not the literal it should be; the message says where. */
export class NotALiteral extends Error {}

/** `str(value)`, for the kinds that can be a dictionary's key. */
export function pythonText(value: PythonValue): string {
  return value.kind === 'string' ? value.value : pythonRepr(value);
}

/**
 * A text that two values share exactly when Python's `==` and `hash` take them for the same key: `1`, `1.0` and `True`
 * are one key. `undefined` for values that cannot be keys.
 */
export function pythonKey(value: PythonValue): string | undefined {
  switch (value.kind) {
    case 'integer':
      return `n${value.value}`;
    case 'float':
      return numberKey(value.value);
    case 'complex':
      return value.imaginary === 0 ? numberKey(value.real) : `c${value.real},${value.imaginary}`;
    case 'constant':
      if (value.value === 'True') return 'n1';
      return value.value === 'False' ? 'n0' : `k${value.value}`;
    case 'string':
      return `s${value.value}`;
    case 'bytes':
      return `b${value.value}`;
    case 'tuple': {
      const keys = value.items.map(pythonKey);
      return keys.includes(undefined) ? undefined : `t${JSON.stringify(keys)}`;
    }
    case 'list':
    case 'set':
    case 'dictionary':
      return undefined;
    default:
      return value satisfies never;
  }
}

function pythonRepr(value: PythonValue): string {
  switch (value.kind) {
    case 'integer':
      return String(value.value);
    case 'float':
      return floatText(value.value);
    case 'complex':
      return complexText(value.real, value.imaginary);
    case 'constant':
      return value.value;
    case 'string':
      return quoted(value.value);
    case 'bytes':
      return `b${quoted(value.value)}`;
    case 'tuple':
      return `(${value.items.map(pythonRepr).join(', ')}${value.items.length === 1 ? ',' : ''})`;
    case 'list':
      return `[${value.items.map(pythonRepr).join(', ')}]`;
    case 'set':
      return value.items.length === 0 ? 'set()' : `{${value.items.map(pythonRepr).join(', ')}}`;
    case 'dictionary':
      return `{${value.entries.map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`).join(', ')}}`;
    default:
      return value satisfies never;
  }
}

function numberKey(value: number): string {
  return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`;
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
