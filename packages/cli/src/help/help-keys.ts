/** Reads the keys that `--help` lists from the schemas of the config, the default plugins and the recipes. */
import { PART_KEYS, PluginRegistry, runConfigSchema } from '@loci/core';
import { sceneRecipeSchema } from '@loci/datasets';
import { BUNDLED_START_MODEL } from '../assets.ts';
import { bundledPlugins } from '../compose.ts';
import { DEFAULTS } from '../defaults.ts';
import { recipeSchema } from '../pretrain/recipe-schema.ts';
import { START_MODEL_MARK } from './help-texts.ts';
import type { HelpKeys } from './help-texts.ts';
import { optionLines } from './option-lines.ts';
import type { OptionLine } from './option-table.ts';

/** Text of the file from which `--help` reads the keys. It is the same on every machine. */
export function helpKeysText(): string {
  const file = {
    generated: 'by "npx nx run cli:help-keys" from the schemas; a test compares. Not to be edited.',
    ...helpKeys(),
  };
  const text = JSON.stringify(
    file,
    (_, value: unknown) =>
      typeof value === 'string' ? value.replace(BUNDLED_START_MODEL, START_MODEL_MARK) : value,
    1,
  );
  return `${text}\n`;
}

function helpKeys(): HelpKeys {
  const registry = new PluginRegistry(bundledPlugins);
  const { use, ...rooms } = DEFAULTS.dataset;
  return {
    config: configLines(registry),
    rooms: optionLines(registry.get('dataset', use).options, rooms, 'dataset'),
    scenes: optionLines(sceneRecipeSchema),
    recipe: optionLines(recipeSchema),
  };
}

/** The keys of the config, each part followed by the options of its default plugin. */
function configLines(registry: PluginRegistry): readonly OptionLine[] {
  return optionLines(runConfigSchema, DEFAULTS).flatMap((line) => {
    const part = PART_KEYS.find((key) => line.key === `${key}.use`);
    if (part === undefined) return [line];
    const { use, ...options } = DEFAULTS[part];
    return [line, ...optionLines(registry.get(part, use).options, options, part)];
  });
}
