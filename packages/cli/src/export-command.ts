/** The flags of `export`. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { given, setting } from './flag-values.ts';
import type { Actions, ExportFlags } from './flags.ts';
import { JSON_TEXT, config } from './option-kinds.ts';

/** Adds the command to the program. */
export function addExport(program: Command, actions: Pick<Actions, 'exportJob'>): void {
  program
    .command('export')
    .description(
      'write the files that another engine needs to train a run: rows, frames, reward shim and command',
    )
    .addOption(
      new Option('--to <engine>', 'engine that trains')
        .choices(['verl', 'ms-swift'] as const)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'folder for the command and its files')
    .option(
      '--storage <dir>',
      'folder for rows and frames, as the nodes see it; used where the config has none (default: --out)',
    )
    .addOption(config('YAML config of the run'))
    .addOption(setting('set one config key; repeatable'))
    .option('--json', JSON_TEXT)
    .option('--quiet', 'only the result')
    .action((flags) => actions.exportJob(given(flags) as ExportFlags));
}
