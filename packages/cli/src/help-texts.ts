import { PART_KEYS, PluginRegistry, runConfigSchema } from '@loci/core';
import { sceneRecipeSchema } from '@loci/datasets';
import { recipeSchema } from './commands/pretrain.ts';
import { bundledPlugins } from './compose.ts';
import { DEFAULTS } from './defaults.ts';
import { optionLines, optionTable } from './describe-options.ts';
import type { OptionLine } from './describe-options.ts';
import type { HelpTexts } from './program.ts';

/** The keys that `--help` lists, read from what the code accepts. */
export function helpTexts(): HelpTexts {
  const registry = new PluginRegistry(bundledPlugins);
  const { use, ...rooms } = DEFAULTS.dataset;
  return {
    configKeys: [
      optionTable(configLines(registry)),
      '',
      'The options of a part stand beside its "use"; those above are of the default plugins. Naming another',
      'plugin (--set objective.use=sft) takes its options instead. "npx nx run cli:plugins" lists all of them.',
    ].join('\n'),
    recipeKeys: optionTable(optionLines(recipeSchema)),
    sceneKeys: optionTable(optionLines(sceneRecipeSchema)),
    roomsKeys: optionTable(optionLines(registry.get('dataset', use).options, rooms, 'dataset')),
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
