/** The flags of `ask`. */
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { positiveInteger, repeated, wholeNumber } from '../flag-values.ts';
import type { Actions, AskFlags } from '../flags.ts';
import { VERBOSE_TEXT, config } from '../option-kinds.ts';

/** The command, for the program to add. It loads only the parser of the command line. */
export function askCommand(actions: Pick<Actions, 'ask'>): Command {
  const command = new Command('ask')
    .description(
      'ask a model one question about a video or pictures, and show its thinking, its map and its answer',
    )
    .usage('[options] <model> <video or pictures...> <question>')
    .argument(
      '<model>',
      "model folder, checkpoint, run folder or hub:OWNER/NAME, or a policy as YAML: '{use: openai, baseUrl: …, model: …}'",
    )
    .argument('<media-and-question...>', 'a video or pictures, then the question in quotes')
    .option(
      '--checkpoint <which>',
      'checkpoint of a run: latest, best or a step (default: best if the run keeps it, else latest)',
    )
    .option(
      '--objects <names>',
      'objects to map, separated by commas: sofa,table (default: those in the question)',
      names,
    )
    .addOption(repeated('--option <text>', 'possible answer to choose from; repeatable'))
    .option('--map <file>', 'also draw the map into this file, .svg or .png')
    .option('--max-new-tokens <n>', 'most tokens of the answer', positiveInteger)
    .option('--json', 'print the answer as JSON')
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(
      repeated('--set <key=value>', 'set one config key, e.g. --set prompt=compact; repeatable'),
    )
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--quiet', 'no progress, only the answer')
    .option('--verbose', VERBOSE_TEXT);
  command.action((model, words, flags) => {
    const [question, ...media] = [...words].reverse();
    if (question === undefined || media.length === 0) {
      return command.error(
        'error: give a video or a picture after the model, and then a question in quotes: loci ask runs/2026-11-21-1 room.mp4 "How many chairs are there?"',
      );
    }
    return actions.ask({ ...(flags as Flags), model, media: media.reverse(), question });
  });
  return command as unknown as Command;
}

type Flags = Omit<AskFlags, 'model' | 'media' | 'question'>;

function names(text: string): string[] {
  const found = text.split(',').map((name) => name.trim().toLowerCase());
  if (found.every((name) => name !== '')) return found;
  throw new InvalidArgumentError('It must be a list of names such as sofa,table.');
}
