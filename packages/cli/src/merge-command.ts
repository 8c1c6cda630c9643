/** The flags of `merge`. */
import type { Command } from '@commander-js/extra-typings';
import { given } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { JSON_TEXT } from './option-kinds.ts';

/** Adds the command to the program. */
export function addMerge(program: Command, actions: Pick<Actions, 'merge'>): void {
  program
    .command('merge')
    .description('merge a LoRA adapter into the weights of its base model, or take it out again')
    .requiredOption(
      '--model <dir>',
      'folder of the base model, or hub:OWNER/NAME; with --undo, of the merged one',
    )
    .requiredOption(
      '--adapter <dir>',
      'adapter folder in PEFT layout, such as a checkpoint, or hub:OWNER/NAME',
    )
    .requiredOption('--to <dir>', 'folder for the result')
    .option('--undo', 'take the adapter out again; exact except for rounding')
    .option('--json', JSON_TEXT)
    .action((flags) => actions.merge(given(flags)));
}
