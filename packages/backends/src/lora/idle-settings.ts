/** Settings of a new adapter that would change nothing: a name with a slip of the pen trains less than was meant, and nobody is told. */
import { LociError } from '@loci/core';
import type { ModelConfig } from '../models/qwen2-5-vl/config.ts';
import { linearLayers } from '../models/qwen2-5-vl/parameters.ts';
import type { LoraSettings } from './lora-schema.ts';
import { modulePaths } from './module-names.ts';
import { byPattern, savedParameters } from './select-layers.ts';

const endsIn = (layer: string, end: string) =>
  modulePaths(layer).some((path) => path === end || path.endsWith(`.${end}`));

/** What is wrong with an item of `modules` that selected no layer. */
function idleModule(end: string, all: readonly string[], vision: boolean): string {
  const places = all.filter((layer) => endsIn(layer, end));
  if (places.length === 0) {
    const names = all.map((name) => name.split('.').at(-1)!).filter((name) => !/^\d+$/.test(name));
    return `${end} selects no linear layer; there are ${[...new Set(names)].join(', ')}`;
  }
  return !vision && places.every((layer) => layer.startsWith('visual.'))
    ? `${end} is only in the vision tower, which is left alone: set policy.lora.vision to true, or leave it out`
    : `${end} is in none of the layers that are adapted, or is trained whole`;
}

/** Modules that hold a table rather than a linear layer, or share one; what is said of them is said elsewhere. */
const NO_LAYERS = ['model.embed_tokens', 'lm_head'];

/** @yields what is wrong, under the name of the option. */
function* idle(
  settings: LoraSettings,
  adapted: readonly string[],
  config: ModelConfig,
): Generator<readonly [option: string, problem: string]> {
  const { modules, layers = [], modulesToSave = [], vision = false } = settings;
  const all = linearLayers(config).map(({ name }) => name);
  const deepest = Math.max(config.text.layers, vision ? config.vision.depth : 0);
  const beyond = layers.filter((layer) => layer >= deepest);
  if (beyond.length > 0) {
    yield ['layers', `there is no layer ${beyond.join(', ')}; they are 0 to ${deepest - 1}`];
  }
  for (const end of typeof modules === 'object' ? modules : []) {
    const isNoLayer = NO_LAYERS.some((name) => endsIn(name, end));
    if (isNoLayer || adapted.some((layer) => endsIn(layer, end))) continue;
    if (beyond.length === 0) yield ['modules', idleModule(end, all, vision)];
  }
  for (const option of ['rankPattern', 'alphaPattern'] as const) {
    if (adapted.length === 0) continue;
    for (const [pattern, value] of Object.entries(settings[option] ?? {})) {
      const isMet = adapted.some(
        (layer) => byPattern(modulePaths(layer), { [pattern]: value }, option) !== undefined,
      );
      if (!isMet) yield [option, `no layer with factors has a name that ends in ${pattern}`];
    }
  }
  for (const module of modulesToSave) {
    if (savedParameters(config, { modulesToSave: [module] }).length > 0) continue;
    yield ['modulesToSave', `the model has no module ${module}; visual.merger, say, or lm_head`];
  }
}

/**
 * @param adapted published names of the layers that have factors.
 * @throws LociError `adapter-config` naming every option that would change nothing.
 */
export function refuseIdle(
  settings: LoraSettings,
  adapted: readonly string[],
  config: ModelConfig,
): void {
  const problems = [...idle(settings, adapted, config)];
  if (problems.length === 0) return;
  const list = problems.map(([option, problem]) => `policy.lora.${option}: ${problem}`);
  throw new LociError('adapter-config', list.join('; '));
}
