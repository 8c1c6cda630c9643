/** The words and flags of `experiment` and `learning`. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { given, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { JSON_TEXT } from './option-kinds.ts';

/** Adds the commands to the program. */
export function addExperimentCommands(
  program: Command,
  actions: Pick<Actions, 'experiment' | 'learning'>,
): void {
  program
    .command('experiment')
    .description(
      'compare arms over seeds: train and evaluate each in pieces; after a stop, the same command continues (docs/experiments.md)',
    )
    .argument('<file>', 'experiment file, such as configs/experiments/paper.yaml')
    .option(
      '--out <dir>',
      'folder for runs and evaluations (default: runs/experiments/<name of the file>)',
    )
    .option(
      '--arms <names>',
      'only these arms, separated by commas; start evaluates the start model',
      words,
    )
    .option('--seeds <list>', 'only these seeds, separated by commas', (text: string) =>
      words(text).map(wholeNumber),
    )
    .option('--dry-run', 'list the pieces with state and estimated time, and run none')
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .action((file, flags) => actions.experiment({ ...given(flags), file }));

  program
    .command('learning')
    .description(
      'write a page with plots from the stored runs and evaluations of experiments; needs no model or data',
    )
    .argument('<experiments...>', 'folders that experiment wrote')
    .option(
      '--file <file>',
      'page to write, with its plots in the folder images beside it (default: docs/learning.md)',
    )
    .option('--json', JSON_TEXT)
    .action((experiments, flags) => actions.learning({ ...given(flags), experiments }));
}

function words(text: string): readonly string[] {
  const list = text.split(',').map((word) => word.trim());
  if (list.includes('')) throw new InvalidArgumentError('It must be a list such as a,b.');
  return list;
}
