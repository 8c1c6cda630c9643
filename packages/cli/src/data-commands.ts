/** The flags of `generate` and `convert`, which write datasets. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { given, positiveInteger, repeated, setting, wholeNumber } from './flag-values.ts';
import type { Actions, ConvertFlags } from './flags.ts';
import { JSON_TEXT, config } from './option-kinds.ts';
import type { HelpTexts } from './help/help-texts.ts';

/** Adds the commands to the program. @param help texts with the keys of the rooms dataset and of a recipe. */
export function addDataCommands(
  program: Command,
  actions: Pick<Actions, 'generate' | 'convert'>,
  help: Pick<HelpTexts, 'roomsKeys' | 'sceneKeys'>,
): void {
  program
    .command('generate')
    .description(
      'write questions, maps and videos in SpaceR-151k form, from generated rooms or annotated scenes',
    )
    .requiredOption('--out <dir>', 'folder for the dataset')
    .addOption(
      new Option('--from <source>', 'rooms generates rooms; the others read the files of --scenes')
        .choices(['rooms', 'vsi-bench', 'boxes'] as const)
        .default('rooms' as const),
    )
    .addOption(
      repeated(
        '--scenes <what>',
        'number of training rooms, or a JSON file of scenes (docs/scene-annotations.md), repeatable',
      ),
    )
    .option('--videos <dir>', 'vsi-bench: folder with the videos as <dataset>/<scene>.mp4')
    .option('--allow-outside', 'vsi-bench, boxes: allow videos outside of their folder')
    .addOption(
      repeated(
        '--exclude <file>',
        'file of scenes to leave out, one per line (exclude_list.txt); repeatable',
      ),
    )
    .option(
      '--questions <n>',
      'vsi-bench, boxes: total number of questions (default: as many as the rarest kind allows)',
      positiveInteger,
    )
    .option('--recipe <file>', 'vsi-bench, boxes: JSON recipe; keys left out keep their defaults')
    .addOption(config('rooms: YAML config whose dataset is generated'))
    .addOption(
      setting('set a config key (rooms) or a key of the recipe, e.g. clear.sizeM=0.3; repeatable'),
    )
    .option('--seed <n>', 'seed of rooms or questions', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .addHelpText(
      'after',
      () => `\nOptions of the rooms dataset and their defaults:\n${help.roomsKeys()}`,
    )
    .addHelpText('after', () => `\nKeys of a recipe and their defaults:\n${help.sceneKeys()}`)
    .action((flags) => actions.generate(given(flags)));

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
