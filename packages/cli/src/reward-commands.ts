/** The commands about rewards: trying them, and scoring stored rollouts again. */
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
      'try every reward of a config: the true answer earns the most, garbage nothing, always the same; with timings',
    )
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key; repeatable'))
    .option('--samples <n>', 'questions of each kind to try (default: 3)', positiveInteger)
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'only what is wrong')
    .action((flags) => actions.validate(given(flags)));

  program
    .command('score')
    .description(
      'score stored rollouts again and show what changed, reward by reward, part by part',
    )
    .requiredOption('--rollouts <file>', 'rollouts.jsonl of a run')
    .addOption(config('YAML config with the rewards to score with'))
    .addOption(setting('set one config key; repeatable'))
    .option('--show <n>', 'completions to show whose value changed most (default: 5)', wholeNumber)
    .option('--file <file>', 'write the rollouts with their new outcomes here (default: none)')
    .addOption(formerOut())
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .action((flags) => actions.score(given(flags)));
}
