/** The flags of `config print` and `config schema`. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import type { Actions } from '../flags.ts';
import { given, positiveInteger, setting, wholeNumber } from '../flag-values.ts';
import { JSON_TEXT, config, refuseRepetition } from '../option-kinds.ts';

/** Adds them to the program. */
export function addConfigCommands(program: Command, actions: Actions): void {
  const group = program
    .command('config')
    .description('show the values of a config with their origins, or the schema of configs');
  group
    .command('print')
    .description('print every value with its origin: default, file and line, flag or variable')
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key; repeatable'))
    .option('--resume <run>', 'the config with which this run would continue')
    .option('--steps <n>', 'short for --set steps=<n>', positiveInteger)
    .option('--seed <n>', 'short for --set seed=<n>', wholeNumber)
    .option('--changed', 'only values that are not defaults')
    .addOption(new Option('--json', 'as JSON, one object a value').conflicts('yaml'))
    .addOption(
      new Option('--yaml', 'as a config with every key, as a run stores it').conflicts('changed'),
    )
    .action((flags) => actions.configPrint(given(flags)));
  group
    .command('schema')
    .description(
      'print the JSON schema of config files, with the options of every bundled plugin, for editors',
    )
    .option('--file <file>', 'write it here instead of printing it')
    .option('--json', JSON_TEXT)
    .action((flags) => actions.configSchema(given(flags)));
  for (const command of group.commands) refuseRepetition(command as Command);
}
