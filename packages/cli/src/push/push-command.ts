/** The flags of `push`. */
import { Command } from '@commander-js/extra-typings';
import { repeated } from '../flag-values.ts';
import type { Actions, PushFlags } from '../flags.ts';
import { JSON_TEXT } from '../option-kinds.ts';

/** The command, for the program to add. It loads only the parser of the command line. */
export function pushCommand(actions: Pick<Actions, 'push'>): Command {
  const command = new Command('push')
    .description(
      'upload an adapter, a model, a dataset or an evaluation to the hub, with a card: settings, rewards, scores, data, licenses (docs/hub.md)',
    )
    .argument('<folder>', 'folder to upload; of a run, the best checkpoint or else the newest')
    .argument('<repository>', 'OWNER/NAME on the hub; created if it does not exist')
    .option('--public', 'make a new repository public (default: private)')
    .option(
      '--license <id>',
      "license of the upload, such as apache-2.0 (default: the base model's)",
    )
    .option(
      '--base <repository>',
      'OWNER/NAME of the base model of an adapter (default: the one that the run recorded)',
    )
    .addOption(
      repeated(
        '--evaluation <dir>',
        'folder of an evaluation whose scores the card shows; repeatable',
      ),
    )
    .option('--branch <name>', 'branch to commit to (default: main)')
    .option('--message <text>', 'message of the commit (default: the kind of the upload)')
    .option('--dry-run', 'show the files and the card without uploading')
    .option('--yes', 'upload without confirmation; required without a terminal')
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result');
  command.action((folder, repository, flags) =>
    actions.push({ ...(flags as Flags), folder, repository }),
  );
  return command as unknown as Command;
}

type Flags = Omit<PushFlags, 'folder' | 'repository'>;
