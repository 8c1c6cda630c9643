/** The flags of `serve-rewards`. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { given, repeated, setting, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { JSON_TEXT, config } from './option-kinds.ts';

/** Adds the command to the program. */
export function addServeRewards(program: Command, actions: Pick<Actions, 'serveRewards'>): void {
  program
    .command('serve-rewards')
    .description('serve the rewards of a config over HTTP, for trainers in other languages')
    .addOption(config('YAML config with the rewards to serve'))
    .addOption(setting('set one config key; repeatable'))
    .option(
      '--host <address>',
      'address to listen on; any but loopback needs a token in LOCI_REWARDS_TOKEN (default: 127.0.0.1)',
    )
    .addOption(
      repeated(
        '--allow-host <name>',
        'further host name that requests may use (header "host"); repeatable',
      ),
    )
    .option('--port <n>', 'port to listen on; 0: a free one (default: 8181)', wholeNumber)
    .option('--token-file <file>', 'file with the token (default: LOCI_REWARDS_TOKEN)')
    .option(
      '--record <file>',
      'append the completions that POST /gather scores, in the form of rollouts.jsonl (default: none)',
    )
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .addOption(
      new Option(
        '--until-released',
        'end with whoever holds the standard input, unless they write "released" before they close it',
      ).hideHelp(),
    )
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no request log')
    .action((flags) => actions.serveRewards(given(flags)));
}
