/** Writes what a policy trains as an `adapter_config.json` that PEFT selects exactly the same layers by. */
import type { ModelConfig } from '../model/config.ts';
import { linearLayers, modelParameters } from '../model/qwen2-5-vl/parameters.ts';
import type { Tuning } from '../model/tuning.ts';
import { modulePath } from './module-names.ts';
import { selectLayers } from './select-layers.ts';

/** The end of a module's name that tells it from all others and is the same in every version of transformers. */
function nameInTower(published: string): string {
  return published.replace(/^(model|visual)\./, '');
}

/** The last components of a name down to one that is no number: `q_proj`, `mlp.0`. */
function leaf(published: string): string {
  return /(?:[^.]*\.)?\d+$|[^.]+$/.exec(published)![0];
}

/** Short names where they select these layers and no others, otherwise each layer by its own. */
function targetModules(selected: readonly string[], config: ModelConfig): readonly string[] {
  const short = [...new Set(selected.map(leaf))].sort();
  const adapter = {
    rank: 1,
    alpha: 1,
    rankStabilised: false,
    targets: short,
    rankPattern: {},
    alphaPattern: {},
    modulesToSave: [],
    dropout: 0,
  };
  const found = selectLayers(adapter, linearLayers(config));
  return found.length === selected.length ? short : selected.map(nameInTower);
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
}

/** The layers whose value is not the common one. */
function exceptions(
  values: readonly (readonly [layer: string, value: number])[],
  common: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    values
      .filter(([, value]) => value !== common)
      .map(([layer, value]) => [nameInTower(layer).replaceAll('.', '\\.'), value]),
  );
}

/** The outermost modules all of whose parameters are trained. */
function wholeModules(config: ModelConfig, parameters: readonly string[]): readonly string[] {
  const trained = new Set(parameters.map(modulePath));
  const all = modelParameters(config).map(({ name }) => modulePath(name));
  const whole = [...trained].map((path) => {
    const components = path.split('.');
    const modules = components.map((_, index) => components.slice(0, index + 1).join('.'));
    const outermost = modules.find((module) =>
      all.every((other) => !`${other}.`.startsWith(`${module}.`) || trained.has(other)),
    );
    return outermost!.replace(/^model\./, '');
  });
  return [...new Set(whole)];
}

/**
 * The content of `adapter_config.json`.
 *
 * @param base the folder of the model without the adapter.
 */
export function adapterConfigJson(
  config: ModelConfig & { readonly tuning: Tuning },
  base: string,
): Record<string, unknown> {
  const { lowRank, rankStabilised, parameters } = config.tuning;
  const layers = Object.entries(lowRank);
  const ranks = layers.map(([name, { rank }]) => [name, rank] as const);
  const alphas = layers.map(([name, { alpha }]) => [name, alpha] as const);
  const rank = mostCommon(ranks.map(([, value]) => value));
  const alpha = mostCommon(alphas.map(([, value]) => value));
  const saved = wholeModules(config, parameters);
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    inference_mode: true,
    r: rank,
    lora_alpha: alpha,
    use_rslora: rankStabilised,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    target_modules: targetModules(
      layers.map(([name]) => name),
      config,
    ),
    rank_pattern: exceptions(ranks, rank),
    alpha_pattern: exceptions(alphas, alpha),
    modules_to_save: saved.length > 0 ? saved : null,
  };
}
