/** The flags of `validate` and `score`. */
import type { Command } from '@commander-js/extra-typings';
import { given, positiveInteger, setting, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { JSON_TEXT, config, formerOut } from './option-kinds.ts';

/** Adds them to the program. */
export function addRewardCommands(
  program: Command,
  actions: Pick<Actions, 'validate' | 'score'>,
): void {
  program
    .command('validate')
    .description(
      'test every reward of a config: the true answer earns the most, garbage earns nothing, results repeat; with timings',
    )
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key; repeatable'))
    .option('--samples <n>', 'questions of each kind to test (default: 3)', positiveInteger)
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'only problems')
    .action((flags) => actions.validate(given(flags)));

  program
    .command('score')
    .description('score stored rollouts again, and show the changes by reward and by part')
    .requiredOption('--rollouts <file>', 'rollouts.jsonl of a run')
    .addOption(config('YAML config with the rewards to score with'))
    .addOption(setting('set one config key; repeatable'))
    .option(
      '--show <n>',
      'number of completions to show, those whose value changed most (default: 5)',
      wholeNumber,
    )
    .option('--file <file>', 'file for the rollouts with their new outcomes (default: none)')
    .addOption(formerOut())
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .action((flags) => actions.score(given(flags)));
}
