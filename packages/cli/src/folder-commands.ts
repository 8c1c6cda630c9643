/** The commands that read run folders: a live page, the report, what trackers missed. */
import type { Command } from '@commander-js/extra-typings';
import { given, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { JSON_TEXT } from './option-kinds.ts';

/** Adds them to the program. */
export function addFolderCommands(program: Command, actions: Actions): void {
  program
    .command('watch')
    .description(
      'serve a live page of runs on this machine: curves, every rollout, evaluations; it only reads',
    )
    .argument('[runs...]', 'run folders, or folders with runs (default: runs)')
    .option('--port <n>', 'port to listen on; 0 takes a free one (default: 8182)', wholeNumber)
    .option('--json', JSON_TEXT)
    .action((runs, flags) => actions.watch({ ...given(flags), runs }));

  program
    .command('report')
    .description(
      'write report.html of runs and evaluations anew from their folders: after a kill, or while a run goes on',
    )
    .argument('<folders...>', 'folders of runs or evaluations')
    .option('--json', JSON_TEXT)
    .action((folders, flags) => actions.report({ ...given(flags), folders }));

  program
    .command('sync')
    .description('send trackers (trackio, MLflow) what they missed of runs while they were down')
    .argument('<runs...>', 'run folders')
    .option('--json', JSON_TEXT)
    .action((runs, flags) => actions.sync({ ...given(flags), runs }));
}
