/** The commands `config print` and `config schema`, as the program has them. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import type { Actions } from '../flags.ts';
import { given, positiveInteger, setting, wholeNumber } from '../flag-values.ts';
import { JSON_TEXT, config, refuseRepetition } from '../option-kinds.ts';

/** Adds them to the program. */
export function addConfigCommands(program: Command, actions: Actions): void {
  const group = program
    .command('config')
    .description('show what holds in a config and where it came from, or the schema of configs');
  group
    .command('print')
    .description(
      'every value that holds, and the default, file and line, flag or variable it came from',
    )
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key; repeatable'))
    .option('--resume <run>', 'the config that this run goes on with')
    .option('--steps <n>', 'short for --set steps=<n>', positiveInteger)
    .option('--seed <n>', 'short for --set seed=<n>', wholeNumber)
    .option('--changed', 'only values that are no defaults')
    .addOption(new Option('--json', 'as JSON, one object a value').conflicts('yaml'))
    .addOption(
      new Option('--yaml', 'as a config with every key, as a run stores it').conflicts('changed'),
    )
    .action((flags) => actions.configPrint(given(flags)));
  group
    .command('schema')
    .description(
      'the JSON schema of config files, with the options of every bundled plugin, for editors',
    )
    .option('--file <file>', 'write it here instead of printing it')
    .option('--json', JSON_TEXT)
    .action((flags) => actions.configSchema(given(flags)));
  for (const command of group.commands) refuseRepetition(command as Command);
}
