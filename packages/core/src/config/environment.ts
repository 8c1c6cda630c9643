/**
 * Values that a config takes from the environment: `${NAME}`, or `${NAME:-default}` for a variable that may be unset or empty. `$${` gives
 * the characters `${`. A reference in quotes is text; one without quotes is read as YAML, so that a number is a number.
 */
import { isScalar, parseDocument } from 'yaml';
import type { EnvironmentReference } from './config-origin.ts';

/** Variables by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A reference that cannot be resolved. */
export interface ReferenceComplaint {
  readonly path: readonly PropertyKey[];
  /** The value as written. */
  readonly text: string;
  readonly problem: string;
}

/** A layer of a config with its references resolved. */
export interface ExpandedLayer {
  readonly value: unknown;
  readonly references: readonly PlacedReference[];
  readonly complaints: readonly ReferenceComplaint[];
}

/** A reference with its key path. */
export interface PlacedReference extends EnvironmentReference {
  readonly path: readonly PropertyKey[];
}

const REFERENCES = /\$\$\{|\$\{([^}]*)(\}?)/gu;
const INSIDE = /^([A-Za-z_]\w*)(?::-(.*))?$/su;

/**
 * Resolves every reference in a layer. A reference that cannot be resolved stays as written and becomes a complaint.
 *
 * @param isPlain Whether the value at a key path has no quotes.
 */
export function expandLayer(
  layer: unknown,
  isPlain: (path: readonly PropertyKey[]) => boolean,
  environment: Environment,
): ExpandedLayer {
  const references: PlacedReference[] = [];
  const complaints: ReferenceComplaint[] = [];
  const expand = (node: unknown, path: readonly PropertyKey[]): unknown => {
    if (Array.isArray(node))
      return node.map((item: unknown, index) => expand(item, [...path, index]));
    if (typeof node === 'object' && node !== null) {
      const entries = Object.entries(node) as readonly (readonly [string, unknown])[];
      return Object.fromEntries(
        entries.map(([key, value]) => [key, expand(value, [...path, key])]),
      );
    }
    if (typeof node !== 'string' || !node.includes('${')) return node;
    const { text, variables, problem } = expandText(node, environment);
    if (problem !== undefined) {
      complaints.push({ path, text: node, problem });
      return node;
    }
    if (variables.length === 0) return text;
    const plain = isPlain(path);
    const value = plain ? readPlain(text) : text;
    references.push({ path, text: node, value, isPlain: plain, variables });
    return value;
  };
  return { value: expand(layer, []), references, complaints };
}

/** A text with its references resolved. */
export interface ExpandedText {
  readonly text: string;
  /** Names of the variables, in the order of the text. */
  readonly variables: readonly string[];
  /** The first reason why it could not be resolved, with the remedy. */
  readonly problem?: string;
}

/** Resolves the references in a text. @example expandText('${HOME}/data', { HOME: '/home/ada' }).text // '/home/ada/data' */
export function expandText(written: string, environment: Environment): ExpandedText {
  const variables: string[] = [];
  const problems: string[] = [];
  const text = written.replaceAll(REFERENCES, (whole, inside: string | undefined, end: string) => {
    if (inside === undefined) return '${';
    const [, name, fallback] = INSIDE.exec(inside) ?? [];
    if (name === undefined || end === '') {
      problems.push(
        `"${whole}" is not a valid reference to a variable: write \${NAME} or \${NAME:-default}, or $\${ for the characters themselves`,
      );
      return whole;
    }
    variables.push(name);
    const value = environment[name];
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value !== undefined) return value;
    problems.push(
      `the environment has no variable ${name}: set it, or give a default as in \${${name}:-default}`,
    );
    return whole;
  });
  const [problem] = problems;
  return { text, variables, ...(problem !== undefined && { problem }) };
}

/** The text with `${` escaped, so that it reads back unchanged. */
export function escapeReferences(text: string): string {
  return text.replaceAll('${', () => '$${');
}

/** A number or a boolean, if YAML reads one; otherwise the text. */
function readPlain(text: string): string | number | boolean {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const { contents, errors } = document;
  if (errors.length > 0 || !isScalar(contents) || contents.type !== 'PLAIN') return text;
  const { value } = contents;
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : text;
}
