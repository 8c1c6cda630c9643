/** Rejects settings of a new adapter without an effect: a misspelled name would silently train less than intended. */
import { LociError } from '@loci/core';
import type { Model } from '../models/spec/model.ts';
import type { ModelParameters } from '../models/spec/weights.ts';
import type { LoraSettings } from './lora-schema.ts';
import { byPattern, savedParameters } from './select-layers.ts';

const endsIn = ({ modulePaths }: ModelParameters, layer: string, end: string) =>
  modulePaths(layer).some((path) => path === end || path.endsWith(`.${end}`));

/** The problem with an item of `modules` that selects no layer. */
function idleModule(end: string, names: ModelParameters, vision: boolean): string {
  const all = names.linearLayers.map(({ name }) => name);
  const places = all.filter((layer) => endsIn(names, layer, end));
  if (places.length === 0) {
    const ends = all.map((name) => name.split('.').at(-1)!).filter((name) => !/^\d+$/.test(name));
    return `${end} selects no linear layer; there are ${[...new Set(ends)].join(', ')}`;
  }
  return !vision && places.every(names.isVision)
    ? `${end} is only in the vision tower, which has no factors: set policy.lora.vision to true, or remove ${end}`
    : `${end} is in none of the adapted layers, or is trained whole`;
}

/** Whether a name means the output head, tied or not. */
function isHead(module: string, { head }: ModelParameters): boolean {
  return `.${head}`.endsWith(`.${module}.weight`);
}

/** @yields each problem, with the name of the option. */
function* idle(
  settings: LoraSettings,
  adapted: readonly string[],
  { decoder, vision: tower, parameters: names }: Model,
): Iterable<readonly [option: string, problem: string]> {
  const { modules, layers = [], modulesToSave = [], vision = false } = settings;
  const deepest = Math.max(decoder.layers, vision ? tower.depth : 0);
  // Modules that hold a table rather than a linear layer, or share one; `select-layers.ts` has a message of its own for them.
  const noLayers = [names.embedding, names.head].map((name) => name.replace(/\.weight$/, ''));
  const beyond = layers.filter((layer) => layer >= deepest);
  if (beyond.length > 0) {
    yield ['layers', `there is no layer ${beyond.join(', ')}; layers are 0 to ${deepest - 1}`];
  }
  for (const end of typeof modules === 'object' ? modules : []) {
    const isNoLayer = noLayers.some((name) => endsIn(names, name, end));
    if (isNoLayer || adapted.some((layer) => endsIn(names, layer, end))) continue;
    if (beyond.length === 0) yield ['modules', idleModule(end, names, vision)];
  }
  for (const option of ['rankPattern', 'alphaPattern'] as const) {
    if (adapted.length === 0) continue;
    for (const [pattern, value] of Object.entries(settings[option] ?? {})) {
      const isMet = adapted.some(
        (layer) => byPattern(names.modulePaths(layer), { [pattern]: value }, option) !== undefined,
      );
      if (!isMet) yield [option, `no layer with factors has a name that ends in ${pattern}`];
    }
  }
  for (const module of modulesToSave) {
    if (savedParameters(names, { modulesToSave: [module] }).length > 0) continue;
    if (names.isHeadTied && isHead(module, names)) {
      const table = names.embedding.replace(/\.weight$/, '');
      yield [
        'modulesToSave',
        `${module} has no weights of its own: the head of this model is its embedding (tie_word_embeddings), and neither can be trained alone; remove ${module} and ${table}`,
      ];
      continue;
    }
    yield [
      'modulesToSave',
      `the model has no module ${module}; an example is ${names.exampleModule}`,
    ];
  }
}

/**
 * @param adapted published names of the layers that have factors.
 * @throws LociError `adapter-config` naming every option without an effect.
 */
export function refuseIdle(settings: LoraSettings, adapted: readonly string[], model: Model): void {
  const problems = [...idle(settings, adapted, model)];
  if (problems.length === 0) return;
  const list = problems.map(([option, problem]) => `policy.lora.${option}: ${problem}`);
  throw new LociError('adapter-config', list.join('; '));
}
