/** The flags of `watch`, `report` and `sync`, which read run folders. */
import type { Command } from '@commander-js/extra-typings';
import { given, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { JSON_TEXT } from './option-kinds.ts';

/** Adds them to the program. */
export function addFolderCommands(program: Command, actions: Actions): void {
  program
    .command('watch')
    .description(
      'serve a read-only live page of runs on this machine: curves, every rollout, evaluations',
    )
    .argument('[runs...]', 'run folders, or folders with runs (default: runs)')
    .option('--port <n>', 'port to listen on; 0: a free one (default: 8182)', wholeNumber)
    .option('--json', JSON_TEXT)
    .action((runs, flags) => actions.watch({ ...given(flags), runs }));

  program
    .command('report')
    .description(
      'write report.html of runs and evaluations again from their folders: after a kill, or during a run',
    )
    .argument('<folders...>', 'folders of runs or evaluations')
    .option('--json', JSON_TEXT)
    .action((folders, flags) => actions.report({ ...given(flags), folders }));

  program
    .command('sync')
    .description(
      'send trackers (trackio, MLflow) the figures that they missed while they were down',
    )
    .argument('<runs...>', 'run folders')
    .option('--json', JSON_TEXT)
    .action((runs, flags) => actions.sync({ ...given(flags), runs }));
}
