/** Which parts of a model an adapter trains, by the rules of PEFT (`check_target_module_exists`, `get_pattern_key`). */
import { LociError } from '@loci/core';
import type { ModelConfig } from '../models/qwen2-5-vl/config.ts';
import { linearLayers, modelParameters } from '../models/qwen2-5-vl/parameters.ts';
import type { LinearLayerSpec } from '../models/qwen2-5-vl/parameters.ts';
import type { LowRank, Tuning } from '../ops/tuning.ts';
import type { AdapterConfig, ModuleSelection } from './adapter-config.ts';
import { modulePath, modulePaths } from './module-names.ts';

/** @param field of `adapter_config.json`, or the option that stands for it. */
function refusal(field: string, problem: string, cause?: unknown): LociError {
  return new LociError('adapter-config', `"${field}": ${problem}`, { cause, details: { field } });
}

/** A regular expression of Python's in JavaScript, inside others; the common part of both is all that occurs in names. */
function regularExpression(source: string, field: string, wrap: (own: string) => string): RegExp {
  try {
    return new RegExp(wrap(source));
  } catch (cause) {
    throw refusal(field, `${source} is no regular expression`, cause);
  }
}

/** Whether a path is selected: a string must match it whole, an item of a list must be its last components. */
function isSelected(path: string, selection: ModuleSelection, field: string): boolean {
  if (typeof selection === 'string') {
    return regularExpression(selection, field, (own) => `^(?:${own})$`).test(path);
  }
  return selection.some((end) => path === end || path.endsWith(`.${end}`));
}

/** Whether the number of a path's layer is among those that are adapted. */
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

function isTarget(paths: readonly string[], config: AdapterConfig): boolean {
  const { targets, exclude, modulesToSave } = config;
  const left = (path: string) =>
    (exclude !== undefined && isSelected(path, exclude, 'exclude_modules')) ||
    modulesToSave.some((name) => `.${path}.`.includes(`.${name}.`));
  if (paths.some(left)) return false;
  return paths.some((path) => {
    const selected =
      targets === 'all-linear' ? path !== 'lm_head' : isSelected(path, targets, 'target_modules');
    return selected && isInLayers(path, config);
  });
}

/** The linear layers that an adapter selects, by published name. */
export function selectLayers(
  adapter: AdapterConfig,
  layers: readonly LinearLayerSpec[],
): readonly string[] {
  return layers.map(({ name }) => name).filter((name) => isTarget(modulePaths(name), adapter));
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

/** Published parameters of the modules that are trained whole. */
export function savedParameters(
  config: ModelConfig,
  { modulesToSave }: Pick<AdapterConfig, 'modulesToSave'>,
): string[] {
  return modelParameters(config)
    .map(({ name }) => name)
    .filter((name) => {
      const components = modulePath(name).split('.').slice(0, -1);
      const modules = components.map((_, index) => components.slice(0, index + 1).join('.'));
      return modules.some((module) => modulesToSave.some((end) => module.endsWith(end)));
    });
}

/**
 * What an adapter trains of a model.
 *
 * @throws LociError `adapter-config` where it selects nothing, or something that cannot be adapted, naming the field.
 */
export function tuningOf(adapter: AdapterConfig, config: ModelConfig): Tuning {
  const lowRank = selectLayers(adapter, linearLayers(config)).map((name): [string, LowRank] => {
    const paths = modulePaths(name);
    const rank = byPattern(paths, adapter.rankPattern, 'rank_pattern') ?? adapter.rank;
    const alpha = byPattern(paths, adapter.alphaPattern, 'alpha_pattern') ?? adapter.alpha;
    return [name, { rank, alpha }];
  });
  const parameters = savedParameters(config, adapter);
  refuseTied(adapter, config, parameters);
  if (lowRank.length === 0) {
    const { targets } = adapter;
    const wanted = typeof targets === 'string' ? targets : targets.join(', ');
    const last = linearLayers(config).map(({ name }) => name.split('.').at(-1)!);
    const known = [...new Set(last)].filter((name) => !/^\d+$/.test(name)).join(', ');
    throw refusal(
      'target_modules',
      `no linear layer of the model is selected by ${wanted}; there are ${known}`,
    );
  }
  return {
    lowRank: Object.fromEntries(lowRank),
    rankStabilised: adapter.rankStabilised,
    parameters,
  };
}

/** An embedding table has no low-rank form here, and where the head is tied to it neither can be trained alone. */
function refuseTied(
  { targets, modulesToSave }: AdapterConfig,
  { text: { tieWordEmbeddings } }: ModelConfig,
  saved: readonly string[],
): void {
  const named = (ends: readonly string[], module: string) =>
    ends.some((end) => end === module || end.endsWith(`.${module}`));
  const listed = typeof targets === 'string' ? [targets] : targets;
  if (named(listed, 'embed_tokens')) {
    throw refusal(
      'target_modules',
      'embed_tokens is an embedding, and only linear layers have low-rank factors here; it can be trained whole',
    );
  }
  if (!tieWordEmbeddings) return;
  const field = named(listed, 'lm_head')
    ? 'target_modules'
    : saved.includes('model.embed_tokens.weight') || named(modulesToSave, 'lm_head')
      ? 'modules_to_save'
      : undefined;
  if (field === undefined) return;
  throw refusal(
    field,
    `the head of this model is its embedding (tie_word_embeddings), so neither can be trained alone`,
  );
}
