/** The commands about rewards: trying them, scoring stored rollouts again, and serving them. */
import type { Command } from '@commander-js/extra-typings';
import { given, positiveInteger, repeated, setting, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { JSON_TEXT, config, formerOut } from './option-kinds.ts';

/** Adds them to the program. */
export function addRewardCommands(
  program: Command,
  actions: Pick<Actions, 'validate' | 'score' | 'serveRewards'>,
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

  program
    .command('serve-rewards')
    .description('offer the rewards of a config over HTTP, for trainers in other languages')
    .addOption(config('YAML config with the rewards to serve'))
    .addOption(setting('set one config key; repeatable'))
    .option(
      '--host <address>',
      'address to listen on; others than loopback need the token in LOCI_REWARDS_TOKEN (default: 127.0.0.1)',
    )
    .addOption(
      repeated(
        '--allow-host <name>',
        'further name that requests may call the server by (header "host"); repeatable',
      ),
    )
    .option('--port <n>', 'port to listen on; 0 takes a free one (default: 8181)', wholeNumber)
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no request log')
    .action((flags) => actions.serveRewards(given(flags)));
}
