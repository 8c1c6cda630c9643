/** The layers of a config, lowest first: files with all that they extend, then `--set`. */
import { dirname, resolve } from 'node:path';
import { isScalar, parseDocument } from 'yaml';
import type { ValueSource } from './config-origin.ts';
import { formatPath } from './config-origin.ts';
import { isPlainIn, placeIn } from './config-file.ts';
import { expandLayer } from './environment.ts';
import type { Environment, PlacedReference, ReferenceComplaint } from './environment.ts';
import { placeText, readChain } from './extends.ts';
import type { FileInChain } from './extends.ts';
import { currentForm, currentOverride } from './older-forms.ts';
import type { FormComplaint } from './older-forms.ts';
import { parseOverride } from './overrides.ts';
import type { Override } from './overrides.ts';

/** One layer in the current form, with its references to the environment resolved. */
export interface ConfigLayer {
  readonly value: unknown;
  readonly references: readonly PlacedReference[];
  /** References that cannot be resolved. They are errors only when no upper layer replaces their value. */
  readonly unresolved: readonly ReferenceComplaint[];
  /** Settings that only an earlier release could read, one line each with its place. */
  readonly complaints: readonly string[];
  /** Base of the relative references of a file. */
  readonly directory?: string;
  /** Present when the layer is a flag. */
  readonly override?: Override;
  /** The place of the value at a key path, or of its nearest ancestor in the layer. */
  placeOf(path: readonly PropertyKey[]): string;
  sourceOf(path: readonly PropertyKey[]): ValueSource;
}

/** The first format version in which a stored config may refer to the environment; older ones are read literally. */
const FIRST_WITH_REFERENCES = 3;

/**
 * The layers of a file, those that it extends first.
 *
 * @throws LociError of `readChain`.
 */
export function layersOfFile(path: string, environment: Environment): readonly ConfigLayer[] {
  return readChain(path, environment).map((file) => layerOfFile(file, environment));
}

function layerOfFile(file: FileInChain, environment: Environment): ConfigLayer {
  const { document, settings, version = FIRST_WITH_REFERENCES } = file;
  const expanded =
    version < FIRST_WITH_REFERENCES
      ? asWritten(settings)
      : expandLayer(settings, (path) => isPlainIn(document, path), environment);
  const { layer, complaints } = currentForm(expanded.value);
  const placeOf = (path: readonly PropertyKey[]): string => placeText(file, path);
  return {
    value: layer,
    references: expanded.references,
    unresolved: expanded.complaints,
    complaints: complaints.map((complaint) => lineOf(complaint, placeOf)),
    directory: dirname(resolve(file.path)),
    placeOf,
    sourceOf: (path) => ({
      kind: 'file',
      file: file.path,
      ...placeIn(file, path),
      extendedBy: file.extendedBy,
    }),
  };
}

/**
 * The layer of a `--set`.
 *
 * @throws LociError `config-override`.
 */
export function layerOfSetting(source: string, environment: Environment): ConfigLayer {
  const typed = parseOverride(source);
  const document = parseDocument(source.slice(source.indexOf('=') + 1), { prettyErrors: false });
  const isPlain = (path: readonly PropertyKey[]): boolean => {
    const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
    return isScalar(node) && node.type === 'PLAIN';
  };
  const expanded = expandLayer(typed.value, isPlain, environment);
  const { override, complaints } = currentOverride({ ...typed, value: expanded.value });
  const below = <Placed extends { readonly path: readonly PropertyKey[] }>(
    one: Placed,
  ): Placed => ({
    ...one,
    path: [...typed.path, ...one.path],
  });
  const placeOf = (): string => `--set ${source}`;
  return {
    value: override.path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), override.value),
    references: expanded.references.map(below),
    unresolved: expanded.complaints.map(below),
    complaints: complaints.map((complaint) => lineOf(complaint, placeOf)),
    override,
    placeOf,
    sourceOf: () => ({ kind: 'set', setting: source }),
  };
}

function asWritten(settings: unknown): ReturnType<typeof expandLayer> {
  return { value: settings, references: [], complaints: [] };
}

function lineOf(
  { path, problem }: FormComplaint,
  placeOf: (path: readonly PropertyKey[]) => string,
): string {
  return `${placeOf(path)}: ${formatPath(path)}: ${problem}`;
}

/** Whether a layer has a value at a key path; a bare name has the `use` of its part. */
export function hasValueAt(value: unknown, path: readonly PropertyKey[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return value !== undefined;
  if (typeof value === 'string') return key === 'use' && rest.length === 0;
  if (typeof value !== 'object' || value === null) return false;
  return hasValueAt((value as Readonly<Record<PropertyKey, unknown>>)[key], rest);
}
