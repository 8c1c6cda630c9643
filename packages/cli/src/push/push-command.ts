/** The words and flags of `push`. */
import { Command } from '@commander-js/extra-typings';
import { repeated } from '../flag-values.ts';
import type { Actions, PushFlags } from '../flags.ts';
import { JSON_TEXT } from '../option-kinds.ts';

/** The command, to be added to the program. Only the parser of the command line is loaded for it. */
export function pushCommand(actions: Pick<Actions, 'push'>): Command {
  const command = new Command('push')
    .description(
      'send an adapter, a model, a data set or an evaluation to the hub, with a card: settings, rewards, scores, data, licenses (docs/hub.md)',
    )
    .argument('<folder>', 'its folder; of a run, the best checkpoint or else the newest is sent')
    .argument('<repository>', 'OWNER/NAME on the hub; made where it is not there')
    .option('--public', 'a new repository can be read by everybody (default: by you alone)')
    .option(
      '--license <id>',
      "license of what is sent, such as apache-2.0 (default: the base model's)",
    )
    .option(
      '--base <repository>',
      'OWNER/NAME of the model that an adapter goes on (default: as the run recorded it)',
    )
    .addOption(
      repeated(
        '--evaluation <dir>',
        'folder of an evaluation whose scores the card shows; repeatable',
      ),
    )
    .option('--branch <name>', 'branch to commit to (default: main)')
    .option('--message <text>', 'message of the commit (default: what is sent)')
    .option('--dry-run', 'show what would be sent, and the card; send nothing')
    .option('--yes', 'send without asking; needed where nobody can be asked')
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result');
  command.action((folder, repository, flags) =>
    actions.push({ ...(flags as Flags), folder, repository }),
  );
  return command as unknown as Command;
}

type Flags = Omit<PushFlags, 'folder' | 'repository'>;
