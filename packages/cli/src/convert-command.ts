/** The flags of `convert`. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import type { Actions, ConvertFlags } from './flags.ts';
import { JSON_TEXT } from './option-kinds.ts';

/** Adds the command to the program. */
export function addConvert(program: Command, actions: Pick<Actions, 'convert'>): void {
  program
    .command('convert')
    .description(
      'convert data of another project to records (docs/data.md); rows that cannot be converted are counted by reason',
    )
    .argument(
      '<file>',
      'file of rows: JSON lines, a JSON list, or parquet; hub:OWNER/NAME/FILE downloads it',
    )
    .addOption(
      new Option('--from <form>', 'form of the file')
        .choices(['spacer', 'ms-swift', 'trl', 'llava', 'parquet'] as const)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'folder for the records; media are linked there')
    .option(
      '--media <dir>',
      'folder that relative paths of media start from (default: the folder of the file)',
    )
    .option('--json', JSON_TEXT)
    .option('--quiet', 'only the result')
    .action((file, flags) => actions.convert(file, flags as ConvertFlags));
}
