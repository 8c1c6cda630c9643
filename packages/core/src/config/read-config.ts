/**
 * Reads a run's config in layers: defaults, then YAML files with all that they extend, then `--set`. Every error names file, line and column,
 * or the flag, of the invalid value.
 */
import { LociError } from '../errors/loci-error.ts';
import { layerOfSetting, layersOfFile, hasValueAt } from './config-layers.ts';
import type { ConfigLayer } from './config-layers.ts';
import { formatPath } from './config-origin.ts';
import type { LayeredOrigin } from './config-origin.ts';
import { DEFAULT_RUN } from './defaults.ts';
import { describeIssues } from './describe-issues.ts';
import type { Environment, ReferenceComplaint } from './environment.ts';
import { isBranch, mergeLayers } from './layers.ts';
import type { SharedOptions } from './layers.ts';
import { createOrigin } from './layered-origin.ts';
import { applyOverride } from './overrides.ts';
import { runConfigSchema } from './run-config.ts';
import type { RunConfig } from './run-config.ts';

/** The layers that a config is read from. */
export interface ReadConfigOptions {
  /** Paths of YAML files; later ones override earlier ones. */
  readonly file?: string | readonly string[];
  /** `--set` flags; later ones override earlier ones. */
  readonly set?: readonly string[];
  /** The lowest layer; the built-in run when absent. */
  readonly defaults?: RunConfig;
  /** Options that stay when a later layer changes the plugin of a part; none when absent. */
  readonly shared?: SharedOptions;
  /** Variables for `${NAME}`; `process.env` when absent. */
  readonly environment?: Environment;
}

/** A checked config with the sources of its values. */
export interface LoadedConfig {
  readonly config: RunConfig;
  readonly origin: LayeredOrigin;
}

/**
 * Reads and checks a config.
 *
 * @throws LociError `config-unreadable`, `config-syntax`, `config-circular`, `config-override`, `format-newer`, or `config-invalid`, whose
 * message lists every problem, one on each line.
 * @example
 * const { config, origin } = readConfig({ file: ['rooms.yaml', 'mine.yaml'], set: ['steps=20'] });
 */
export function readConfig(options: ReadConfigOptions = {}): LoadedConfig {
  const {
    file = [],
    set = [],
    defaults = DEFAULT_RUN,
    shared,
    environment = process.env,
  } = options;
  const files = typeof file === 'string' ? [file] : file;
  const layers = [
    ...files.flatMap((path) => layersOfFile(path, environment)),
    ...set.map((setting) => layerOfSetting(setting, environment)),
  ];
  const tree = layers.reduce<unknown>(
    (lower, { value, override }) =>
      override === undefined
        ? mergeLayers(lower, value, shared)
        : applyOverride(lower, override, shared),
    defaults,
  );
  const origin = createOrigin(layers, tree);
  const unresolved = layers.flatMap((layer) =>
    layer.unresolved
      .filter((reference) => isEffective(reference, tree) && topmost(layers, reference) === layer)
      .map((reference) => ({ ...reference, place: layer.placeOf(reference.path) })),
  );
  const lines = [
    ...layers.flatMap(({ complaints }) => complaints),
    ...unresolved.map(({ place, path, problem }) => `${place}: ${formatPath(path)}: ${problem}`),
  ];
  const parsed = runConfigSchema.safeParse(tree);
  const issues = (parsed.error?.issues ?? []).filter(
    (issue) => !unresolved.some(({ path }) => formatPath(path) === formatPath(issue.path)),
  );
  if (issues.length > 0) lines.push(describeIssues(issues, [], origin, runConfigSchema));
  if (!parsed.success || lines.length > 0) throw new LociError('config-invalid', lines.join('\n'));
  return { config: parsed.data, origin };
}

/** Whether a reference that cannot be resolved is still in the merged config, not replaced by an upper layer. */
function isEffective({ path, text }: ReferenceComplaint, tree: unknown): boolean {
  const value = valueAt(tree, path);
  return value === text || (isBranch(value) && value['use'] === text);
}

function topmost(
  layers: readonly ConfigLayer[],
  { path }: ReferenceComplaint,
): ConfigLayer | undefined {
  return layers.findLast(({ value }) => hasValueAt(value, path));
}

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, key) => {
    if (Array.isArray(node)) return node[Number(key)] as unknown;
    return isBranch(node) ? node[String(key)] : undefined;
  }, tree);
}
