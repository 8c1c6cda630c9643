/** Selects the parts of a model that an adapter trains, by the rules of PEFT (`check_target_module_exists`, `get_pattern_key`). */
import { LociError } from '@loci/core';
import type { LinearLayerSpec, ModelParameters } from '../models/spec/weights.ts';
import type { LowRank, Tuning } from '../ops/tuning.ts';
import type { AdapterConfig, ModuleSelection } from './adapter-config.ts';

/** @param field of `adapter_config.json`, or its option. */
function refusal(field: string, problem: string, cause?: unknown): LociError {
  return new LociError('adapter-config', `"${field}": ${problem}`, { cause, details: { field } });
}

/** A Python regular expression as part of one in JavaScript. Names need only the syntax that both share. */
function regularExpression(source: string, field: string, wrap: (own: string) => string): RegExp {
  try {
    return new RegExp(wrap(source));
  } catch (cause) {
    throw refusal(field, `${source} is not a regular expression`, cause);
  }
}

/** Whether a path is selected: a string must match it whole, an item of a list must be its last components. */
function isSelected(path: string, selection: ModuleSelection, field: string): boolean {
  if (typeof selection === 'string') {
    return regularExpression(selection, field, (own) => `^(?:${own})$`).test(path);
  }
  return selection.some((end) => path === end || path.endsWith(`.${end}`));
}

/** Whether the number of a path's layer is among the adapted ones. */
function isInLayers(path: string, { layers, layerLists = [], targets }: AdapterConfig): boolean {
  if (layers === undefined || layers.length === 0) return true;
  if (typeof targets !== 'string' && targets.includes(path)) return true;
  const patterns =
    layerLists.length === 0
      ? [/^.*?\.[^.]*\.(\d+)\./]
      : layerLists.map((name) =>
          regularExpression(name, 'layers_pattern', (own) => `^(?:|.*?\\.)(?:${own})\\.(\\d+)\\.`),
        );
  const found = patterns.map((pattern) => pattern.exec(path)?.[1]).find(Boolean);
  return found !== undefined && layers.includes(Number(found));
}

function isTarget(paths: readonly string[], config: AdapterConfig, head: string): boolean {
  const { targets, exclude, modulesToSave } = config;
  const left = (path: string) =>
    (exclude !== undefined && isSelected(path, exclude, 'exclude_modules')) ||
    modulesToSave.some((name) => `.${path}.`.includes(`.${name}.`));
  if (paths.some(left)) return false;
  return paths.some((path) => {
    const selected =
      targets === 'all-linear'
        ? `${path}.weight` !== head
        : isSelected(path, targets, 'target_modules');
    return selected && isInLayers(path, config);
  });
}

/** The linear layers that an adapter selects, by published name. */
export function selectLayers(
  adapter: AdapterConfig,
  { linearLayers, modulePaths, head }: ModelParameters,
): readonly string[] {
  return linearLayers
    .map(({ name }: LinearLayerSpec) => name)
    .filter((name) => isTarget(modulePaths(name), adapter, head));
}

/** The value of the first pattern that a path ends in. @param field that errors name. */
export function byPattern(
  paths: readonly string[],
  patterns: Readonly<Record<string, number>>,
  field: string,
): number | undefined {
  return Object.entries(patterns).find(([pattern]) => {
    const expression = regularExpression(pattern, field, (own) => `^(?:.*\\.)?(?:${own})$`);
    return paths.some((path) => expression.test(path));
  })?.[1];
}

/** Published parameters of the modules trained whole. */
export function savedParameters(
  { all, modulePath }: ModelParameters,
  { modulesToSave }: Pick<AdapterConfig, 'modulesToSave'>,
): string[] {
  return all
    .map(({ name }) => name)
    .filter((name) => {
      const components = modulePath(name).split('.').slice(0, -1);
      const modules = components.map((_, index) => components.slice(0, index + 1).join('.'));
      return modules.some((module) => modulesToSave.some((end) => module.endsWith(end)));
    });
}

/**
 * The tuning that an adapter gives a model.
 *
 * @throws LociError `adapter-config` naming the field that selects nothing, or something that cannot be adapted.
 */
export function tuningOf(adapter: AdapterConfig, names: ModelParameters): Tuning {
  const lowRank = selectLayers(adapter, names).map((name): [string, LowRank] => {
    const paths = names.modulePaths(name);
    const rank = byPattern(paths, adapter.rankPattern, 'rank_pattern') ?? adapter.rank;
    const alpha = byPattern(paths, adapter.alphaPattern, 'alpha_pattern') ?? adapter.alpha;
    return [name, { rank, alpha }];
  });
  const parameters = savedParameters(names, adapter);
  refuseTied(adapter, names, parameters);
  if (lowRank.length === 0) {
    const { targets } = adapter;
    const wanted = typeof targets === 'string' ? targets : targets.join(', ');
    const last = names.linearLayers.map(({ name }) => name.split('.').at(-1)!);
    const known = [...new Set(last)].filter((name) => !/^\d+$/.test(name)).join(', ');
    throw refusal(
      'target_modules',
      `${wanted} selects no linear layer of the model; there are ${known}`,
    );
  }
  return {
    lowRank: Object.fromEntries(lowRank),
    rankStabilised: adapter.rankStabilised,
    parameters,
  };
}

/** Rejects embedding tables: they have no low-rank factors here, and a tied head cannot be trained without its table. */
function refuseTied(
  { targets, modulesToSave }: AdapterConfig,
  { embedding, head, isHeadTied }: ModelParameters,
  saved: readonly string[],
): void {
  const moduleOf = (name: string) => name.split('.').at(-2)!;
  const [table, output] = [moduleOf(embedding), moduleOf(head)];
  const named = (ends: readonly string[], module: string) =>
    ends.some((end) => end === module || end.endsWith(`.${module}`));
  const listed = typeof targets === 'string' ? [targets] : targets;
  if (named(listed, table)) {
    throw refusal(
      'target_modules',
      `${table} is an embedding, and only linear layers can have low-rank factors; it can be trained whole instead`,
    );
  }
  if (!isHeadTied) return;
  const field = named(listed, output)
    ? 'target_modules'
    : saved.includes(embedding) || named(modulesToSave, output)
      ? 'modules_to_save'
      : undefined;
  if (field === undefined) return;
  throw refusal(
    field,
    `the head of this model is its embedding (tie_word_embeddings), so neither can be trained alone`,
  );
}
