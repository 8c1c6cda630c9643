/** Writes the tuning of a policy as an `adapter_config.json` by which PEFT selects exactly the same layers. */
import type { PartlyTrained } from '../models/spec/model.ts';
import type { ModelParameters } from '../models/spec/weights.ts';

/**
 * Ends of names that PEFT finds exactly these layers by: of each layer the shortest that selects no other module, `q_proj`
 * where every layer has it adapted, `layers.3.self_attn.q_proj` where not.
 */
function targetModules(
  selected: readonly string[],
  { all, nameInTower }: ModelParameters,
): readonly string[] {
  const others = all
    .map(({ name }) => name.replace(/\.(weight|bias)$/, ''))
    .filter((name) => !selected.includes(name));
  const shortest = selected.map((layer) => {
    const components = nameInTower(layer).split('.');
    const ends = components.map((_, index) => components.slice(-1 - index).join('.'));
    // A leading number means nothing to the reader, and alone it would select the layer of that number.
    return ends.find(
      (end) => /^\D/.test(end) && !others.some((name) => `.${name}`.endsWith(`.${end}`)),
    )!;
  });
  return [...new Set(shortest)];
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
  { nameInTower }: ModelParameters,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    values
      .filter(([, value]) => value !== common)
      .map(([layer, value]) => [nameInTower(layer).replaceAll('.', '\\.'), value]),
  );
}

/** The outermost modules all of whose parameters are trained. */
function wholeModules(
  { all, modulePath }: ModelParameters,
  parameters: readonly string[],
): readonly string[] {
  const trained = new Set(parameters.map(modulePath));
  const paths = all.map(({ name }) => modulePath(name));
  const whole = [...trained].map((path) => {
    const components = path.split('.');
    const modules = components.map((_, index) => components.slice(0, index + 1).join('.'));
    const outermost = modules.find((module) =>
      paths.every((other) => !`${other}.`.startsWith(`${module}.`) || trained.has(other)),
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
  { model, tuning }: PartlyTrained,
  base: string,
): Record<string, unknown> {
  const { lowRank, rankStabilised, parameters } = tuning;
  const names = model.parameters;
  const layers = Object.entries(lowRank);
  const ranks = layers.map(([name, { rank }]) => [name, rank] as const);
  const alphas = layers.map(([name, { alpha }]) => [name, alpha] as const);
  const rank = mostCommon(ranks.map(([, value]) => value));
  const alpha = mostCommon(alphas.map(([, value]) => value));
  const saved = wholeModules(names, parameters);
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
      names,
    ),
    rank_pattern: exceptions(ranks, rank, names),
    alpha_pattern: exceptions(alphas, alpha, names),
    modules_to_save: saved.length > 0 ? saved : null,
  };
}
