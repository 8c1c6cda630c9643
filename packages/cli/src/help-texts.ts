import { runConfigSchema } from '@loci/core';
import { recipeSchema } from './commands/pretrain.ts';
import { bundledPlugins } from './compose.ts';
import { DEFAULTS } from './defaults.ts';
import { optionLines, optionTable } from './describe-options.ts';
import type { HelpTexts } from './program.ts';

/** The keys that `--help` lists, read from what the code accepts. */
export function helpTexts(): HelpTexts {
  const rooms = bundledPlugins.find(({ kind, name }) => kind === 'dataset' && name === 'rooms');
  return {
    configKeys: [
      optionTable(optionLines(runConfigSchema, DEFAULTS)),
      '',
      'The options of a part stand beside its "use" (--set objective.klWeight=0.02), those of a reward under',
      '"options" (--set rewards.0.options.compat=spacer). "npx nx run cli:plugins" lists them with their defaults.',
    ].join('\n'),
    recipeKeys: optionTable(optionLines(recipeSchema)),
    roomsKeys:
      rooms === undefined ? '' : optionTable(optionLines(rooms.options, undefined, 'dataset')),
  };
}
