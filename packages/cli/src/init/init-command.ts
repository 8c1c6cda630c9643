/** The flags of `init`. */
import type { Command } from '@commander-js/extra-typings';
import type { Actions } from '../flags.ts';
import { given } from '../flag-values.ts';
import { JSON_TEXT } from '../option-kinds.ts';

/** Adds the command to the program. */
export function addInit(program: Command, actions: Pick<Actions, 'init'>): void {
  program
    .command('init')
    .description(
      'make a project that is ready to train: a config, a reward with its test, a few questions about rooms, types for an editor',
    )
    .argument('<name>', 'folder for the project, below the folder that Loci is installed in')
    .option('--json', JSON_TEXT)
    .action((name, flags) => actions.init(name, given(flags)));
}
