/** The command line: every command and flag, and nothing about how they do their work. */
import { Command, Option } from '@commander-js/extra-typings';
import { addConfigCommands } from './config/config-commands.ts';
import { askCommand } from './ask/ask-command.ts';
import { nextCommand } from './next-command.ts';
import { addConvert } from './convert-command.ts';
import { addExperimentCommands } from './experiment-commands.ts';
import { addFolderCommands } from './folder-commands.ts';
import { addExport } from './export-command.ts';
import { addInit } from './init/init-command.ts';
import { addServeRewards } from './serve-rewards-command.ts';
import { addMerge } from './merge-command.ts';
import { ownVersion } from './own-version.ts';
import { given, positiveInteger, repeated, setting, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import { pushCommand } from './push/push-command.ts';
import { addRewardCommands } from './reward-commands.ts';
import { JSON_TEXT, budget, collectGiven, config, refuseRepetition } from './option-kinds.ts';

/** Texts that are appended to `--help`, each made when it is printed. */
export interface HelpTexts {
  /** Every config key with its default. */
  configKeys(): string;
  /** Every option of the rooms dataset with its default. */
  roomsKeys(): string;
  /** Every key of a recipe for annotated scenes with its default. */
  sceneKeys(): string;
  /** Every key of a pretraining recipe with its default. */
  recipeKeys(): string;
}

/**
 * Builds the program. Help and argument errors are written by commander, which then throws a `CommanderError` instead of
 * leaving the process.
 */
export function createProgram(actions: Actions, help: HelpTexts): Command {
  const program = new Command('loci')
    .version(ownVersion(), '-V, --version', 'print the version')
    .description(
      'Reinforcement learning of vision-language models on spatial reasoning (SG-RLVR).\n' +
        `For example: ${nextCommand('train', '--steps 20')}. Relative paths start in the folder you are in.`,
    )
    .showHelpAfterError('(--help shows every command and flag)')
    .exitOverride();

  addInit(program as Command, actions);

  program
    .command('train')
    .description(
      'train by SG-RLVR; with no flag: on generated rooms, from the start model that comes with Loci',
    )
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key, e.g. --set objective.klWeight=0.02; repeatable'))
    .option('--run <dir>', 'folder of the new run (default: runs/<date>-<n>)')
    .option('--resume <run>', 'go on with this run, or grid, from its newest whole checkpoint')
    .addOption(
      new Option(
        '--grid <key=a,b>',
        'train one run for each value, e.g. --grid learningRate=1e-4,2e-4; repeatable, all combinations',
      ).argParser(collectGiven),
    )
    .option('--dry-run', 'write what would be sent to a cluster, and send nothing')
    .option('--json', JSON_TEXT)
    .option('--steps <n>', 'optimisation steps; short for --set steps=<n>', positiveInteger)
    .option('--seed <n>', 'seed of everything random; short for --set seed=<n>', wholeNumber)
    .option('--watch', 'serve a live page of the run on this machine, also after its end')
    .option('--quiet', 'no progress, only the result')
    .option('--verbose', VERBOSE)
    .addHelpText('after', () => `\nConfig keys and their defaults:\n${help.configKeys()}`)
    .action((flags) => actions.train(given(flags)));

  addFolderCommands(program as Command, actions);

  program
    .command('jobs')
    .description('list the training jobs of runs on clusters, print their logs, or stop them')
    .argument(
      '[runs...]',
      'run folders, or folders with runs (default: runs); with --address, ids of jobs',
    )
    .addOption(
      new Option('--tail', 'print the log of the one job, and what comes until its end').conflicts(
        'stop',
      ),
    )
    .option('--stop', 'stop the jobs that run')
    .option('--address <url>', 'every job of Loci on this Ray head, in place of those of runs')
    .option('--token-file <file>', 'file with the token of this head')
    .option(
      '--allow-open-dashboard <reason>',
      'why a head without authentication on another host is acceptable',
    )
    .option('--json', JSON_TEXT)
    .action((runs, flags) => actions.jobs({ ...given(flags), runs }));

  program
    .command('evaluate')
    .description(
      'ask a benchmark of a model: all scorers side by side with intervals; every answer is kept, and the same command goes on after a stop',
    )
    .option('--benchmark <name>', 'vsi-bench, spar-bench, … (default: rooms posed as VSI-Bench)')
    .option('--data <dir>', "folder with the benchmark's files, or hub:OWNER/NAME")
    .option('--prompt <style>', 'official, thinking or thinking-map (default: official)')
    .option(
      '--policy <policy>',
      "model folder, checkpoint or hub:OWNER/NAME, or a policy as YAML: '{use: openai, baseUrl: …, model: …}' (default: the config's)",
    )
    .option(
      '--items <n>',
      'a sample of so many items; short for --set evaluate.questions=<n>',
      positiveInteger,
    )
    .option(
      '--samples <n>',
      'answers to each item, for pass@k and the majority; short for --set evaluate.samples=<n>',
      positiveInteger,
    )
    .addOption(
      new Option(
        '--as <form>',
        'show videos as such or as lists of images; short for --set evaluate.as=<form>',
      ).choices(['video', 'images'] as const),
    )
    .option(
      '--max-new-tokens <n>',
      "tokens of an answer (default: the benchmark's)",
      positiveInteger,
    )
    .option('--judge <policy>', 'a policy that reads answers which no rule decides (TempCompass)')
    .addOption(budget())
    .option(
      '--look',
      'evaluate also with black, shuffled and only the first frames; short for --set evaluate.controls=[…]',
    )
    .option('--out <dir>', 'folder of answers and report (default: runs/<benchmark>/<date>-<n>)')
    .addOption(
      new Option(
        '--rescore <dir>',
        'score the answers in this folder again; needs no model and no data',
      ).conflicts([...ASKING_FLAGS, 'out', 'file', 'compare']),
    )
    .addOption(
      new Option(
        '--compare <dirs...>',
        'paired differences of two evaluations, the settings that may explain them, and the items that flipped; --file writes a page',
      ).conflicts(ASKING_FLAGS),
    )
    .option('--file <file>', 'with --compare: HTML page of the differences (default: none)')
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key; repeatable'))
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .option('--verbose', VERBOSE)
    .addHelpText('after', () => `\nConfig keys and their defaults:\n${help.configKeys()}`)
    .action((flags) => actions.evaluate(given(flags)));

  program.addCommand(askCommand(actions).copyInheritedSettings(program as Command));

  program
    .command('pretrain')
    .description('make the start model: supervised training on generated reasoning with maps')
    .option('--out <dir>', 'folder of the model (default: runs/start-model)')
    .option('--recipe <file>', 'JSON recipe; keys left out keep their defaults')
    .addOption(config('YAML config; its prompt and policy are used'))
    .addOption(setting('set one config key, e.g. --set policy.threads=2; repeatable'))
    .option('--seed <n>', 'seed of the recipe', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .addHelpText('after', () => `\nKeys of a recipe and their defaults:\n${help.recipeKeys()}`)
    .action((flags) => actions.pretrain(given(flags)));

  program
    .command('diagnose')
    .description(
      'does a start model answer from its map? true, foreign and noisy maps forced, an exact reader beside it, trained against fresh rooms',
    )
    .argument(
      '[model]',
      'model folder, checkpoint or hub:OWNER/NAME (default: the bundled start model)',
    )
    .option('--questions <n>', 'questions of each kind, and rooms (default: 60)', positiveInteger)
    .option(
      '--trained-rooms <file>',
      "JSON list of the rooms' places in the recipe's series that are still drawn as they were (default: all)",
    )
    .option('--out <dir>', 'folder for diagnosis.md and diagnosis.json (default: none)')
    .addOption(config('YAML config; its prompt and policy are used'))
    .addOption(setting('set one config key, e.g. --set policy.threads=2; repeatable'))
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .action((model, flags) => actions.diagnose({ ...given(flags), ...(model && { model }) }));

  addExperimentCommands(program, actions);

  program
    .command('generate')
    .description(
      'write questions, maps and videos in SpaceR-151k form: of generated rooms, or of annotated scenes',
    )
    .requiredOption('--out <dir>', 'folder of the dataset')
    .addOption(
      new Option('--from <source>', 'rooms are generated; the others read --scenes files')
        .choices(['rooms', 'vsi-bench', 'boxes'] as const)
        .default('rooms' as const),
    )
    .addOption(
      repeated(
        '--scenes <what>',
        'rooms to train on, or a JSON file of scenes (docs/scene-annotations.md); files: repeatable',
      ),
    )
    .option('--videos <dir>', 'vsi-bench: where the videos stand as <dataset>/<scene>.mp4')
    .option('--allow-outside', 'vsi-bench, boxes: videos may lie outside of their folder')
    .addOption(
      repeated(
        '--exclude <file>',
        'scenes to leave out, one a line (exclude_list.txt); repeatable',
      ),
    )
    .option(
      '--questions <n>',
      'vsi-bench, boxes: questions in all (default: as many as the scarcest kind allows)',
      positiveInteger,
    )
    .option('--recipe <file>', 'vsi-bench, boxes: JSON recipe; keys left out keep their defaults')
    .addOption(config('rooms: YAML config whose dataset is generated'))
    .addOption(
      setting('set a config key (rooms) or a key of the recipe, e.g. clear.sizeM=0.3; repeatable'),
    )
    .option('--seed <n>', 'seed of rooms or questions', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .addHelpText(
      'after',
      () => `\nOptions of the rooms dataset and their defaults:\n${help.roomsKeys()}`,
    )
    .addHelpText('after', () => `\nKeys of a recipe and their defaults:\n${help.sceneKeys()}`)
    .action((flags) => actions.generate(given(flags)));

  addConvert(program, actions);
  addExport(program, actions);

  program
    .command('check-data')
    .description(
      'read all of a dataset before a run: what is in it, and what is missing or malformed, by file and line',
    )
    .option(
      '--data <dir>',
      'file of records (docs/data.md), folder with questions.jsonl, folder in SpaceR-151k form, or hub:OWNER/NAME (default: the dataset of the config)',
    )
    .addOption(config('YAML config; its dataset is read'))
    .addOption(setting('set one config key, e.g. --set dataset.trainFile=a.jsonl; repeatable'))
    .option('--json', JSON_TEXT)
    .option('--quiet', 'only what is wrong')
    .action((flags) => actions.checkData(given(flags)));

  addRewardCommands(program as Command, actions);

  addServeRewards(program, actions);

  addMerge(program, actions);

  program.addCommand(pushCommand(actions).copyInheritedSettings(program as Command));

  program
    .command('plugins')
    .description('list the plugins that come with Loci, what they do and their options')
    .option('--json', JSON_TEXT)
    .action((flags) => actions.plugins(given(flags)));

  addConfigCommands(program as Command, actions);

  for (const command of program.commands) refuseRepetition(command as Command);
  return program as Command;
}

const VERBOSE = 'also say why this engine and device were taken, and what keeps faster ones away';

/** Flags of `evaluate` that say what is asked of whom: of no use where nothing is asked. */
const ASKING_FLAGS = [
  ...['benchmark', 'data', 'prompt', 'policy', 'items', 'maxNewTokens', 'judge', 'budget', 'look'],
  ...['config', 'set', 'seed'],
];
