/** Declares the command line: every command and flag. `actions.ts` has the implementations. */
import { Command, Option } from '@commander-js/extra-typings';
import { addConfigCommands } from './config/config-commands.ts';
import { askCommand } from './ask/ask-command.ts';
import { nextCommand } from './next-command.ts';
import { addDataCommands } from './data-commands.ts';
import { addExperimentCommands } from './experiment-commands.ts';
import { addFolderCommands } from './folder-commands.ts';
import { addExport } from './export-command.ts';
import { addInit } from './init/init-command.ts';
import { addServeRewards } from './serve-rewards-command.ts';
import { addMerge } from './merge-command.ts';
import { ownVersion } from './own-version.ts';
import { given, positiveInteger, setting, wholeNumber } from './flag-values.ts';
import type { Actions } from './flags.ts';
import type { HelpTexts } from './help/help-texts.ts';
import { pushCommand } from './push/push-command.ts';
import { addRewardCommands } from './reward-commands.ts';
import {
  JSON_TEXT,
  VERBOSE_TEXT,
  budget,
  collectGiven,
  config,
  refuseRepetition,
} from './option-kinds.ts';

/**
 * Builds the program. Commander writes help and argument errors, and then throws a `CommanderError` instead of
 * ending the process.
 */
export function createProgram(actions: Actions, help: HelpTexts): Command {
  const program = new Command('loci')
    .version(ownVersion(), '-V, --version', 'print the version')
    .description(
      'Reinforcement learning of vision-language models for spatial reasoning (SG-RLVR).\n' +
        `For example: ${nextCommand('train', '--steps 20')}. Relative paths start in the folder you are in.`,
    )
    .showHelpAfterError('(--help shows every command and flag)')
    .exitOverride();

  addInit(program as Command, actions);

  program
    .command('train')
    .description(
      'train a model; without flags: by SG-RLVR on generated rooms, from the bundled start model',
    )
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key, e.g. --set objective.klWeight=0.02; repeatable'))
    .option('--run <dir>', 'folder for the new run (default: runs/<date>-<n>)')
    .option('--resume <run>', 'continue this run or grid from its newest complete checkpoint')
    .addOption(
      new Option(
        '--grid <key=a,b>',
        'train one run per value, e.g. --grid learningRate=1e-4,2e-4; repeatable: all combinations',
      ).argParser(collectGiven),
    )
    .option('--dry-run', 'write the job for a cluster without sending it')
    .option('--json', JSON_TEXT)
    .option('--steps <n>', 'training steps; short for --set steps=<n>', positiveInteger)
    .option('--seed <n>', 'seed of everything random; short for --set seed=<n>', wholeNumber)
    .option('--watch', 'serve a live page of the run on this machine, also after the run ends')
    .option('--quiet', 'no progress, only the result')
    .option('--verbose', VERBOSE_TEXT)
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
      new Option('--tail', 'print the log of one job, and follow it until the job ends').conflicts(
        'stop',
      ),
    )
    .option('--stop', 'stop the running jobs')
    .option('--address <url>', 'use all jobs of Loci on this Ray head, instead of those of runs')
    .option('--token-file <file>', 'file with the token of that head')
    .option(
      '--allow-open-dashboard <reason>',
      'reason why a head without authentication on another host is acceptable',
    )
    .option('--json', JSON_TEXT)
    .action((runs, flags) => actions.jobs({ ...given(flags), runs }));

  program
    .command('evaluate')
    .description(
      'evaluate a model on a benchmark: all scorers side by side, with intervals; after a stop, the same command continues',
    )
    .option(
      '--benchmark <name>',
      'vsi-bench, spar-bench, … (default: generated rooms in the form of VSI-Bench)',
    )
    .option('--data <dir>', "folder with the benchmark's files, or hub:OWNER/NAME")
    .option('--prompt <style>', 'official, thinking or thinking-map (default: official)')
    .option(
      '--policy <policy>',
      "model folder, checkpoint or hub:OWNER/NAME, or a policy as YAML: '{use: openai, baseUrl: …, model: …}' (default: the config's)",
    )
    .option(
      '--items <n>',
      'size of a seeded sample of the items; short for --set evaluate.questions=<n>',
      positiveInteger,
    )
    .option(
      '--samples <n>',
      'answers per item, for pass@k and the majority; short for --set evaluate.samples=<n>',
      positiveInteger,
    )
    .addOption(
      new Option(
        '--as <form>',
        'show videos as videos or as lists of images; short for --set evaluate.as=<form>',
      ).choices(['video', 'images'] as const),
    )
    .option(
      '--max-new-tokens <n>',
      "most tokens of an answer (default: the benchmark's)",
      positiveInteger,
    )
    .option('--judge <policy>', 'policy that judges answers where no rule decides (TempCompass)')
    .addOption(budget())
    .option(
      '--look',
      'also evaluate with black frames, shuffled frames, and only the first frame; short for --set evaluate.controls=[…]',
    )
    .option('--out <dir>', 'folder for answers and report (default: runs/<benchmark>/<date>-<n>)')
    .addOption(
      new Option(
        '--rescore <dir>',
        'score the answers in this folder again; needs no model or data',
      ).conflicts([...GENERATION_FLAGS, 'out', 'file', 'compare']),
    )
    .addOption(
      new Option(
        '--compare <dirs...>',
        'paired differences of two evaluations, with the settings that differ and the items that changed; --file writes a page',
      ).conflicts(GENERATION_FLAGS),
    )
    .option('--file <file>', 'with --compare: HTML page to write (default: none)')
    .addOption(config('YAML config; keys left out keep their defaults'))
    .addOption(setting('set one config key; repeatable'))
    .option('--seed <n>', 'seed of everything random', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .option('--verbose', VERBOSE_TEXT)
    .addHelpText('after', () => `\nConfig keys and their defaults:\n${help.configKeys()}`)
    .action((flags) => actions.evaluate(given(flags)));

  program.addCommand(askCommand(actions).copyInheritedSettings(program as Command));

  program
    .command('pretrain')
    .description('make a start model: supervised training on generated reasoning with maps')
    .option('--out <dir>', 'folder for the model (default: runs/start-model)')
    .option('--recipe <file>', 'JSON recipe; keys left out keep their defaults')
    .addOption(config('YAML config; its prompt and policy count'))
    .addOption(setting('set one config key, e.g. --set policy.threads=2; repeatable'))
    .option('--seed <n>', 'seed of the recipe', wholeNumber)
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .addHelpText('after', () => `\nKeys of a recipe and their defaults:\n${help.recipeKeys()}`)
    .action((flags) => actions.pretrain(given(flags)));

  program
    .command('diagnose')
    .description(
      'test whether a model answers from its map: force true, foreign and noisy maps, compare with an exact reader, and trained rooms with fresh ones',
    )
    .argument(
      '[model]',
      'model folder, checkpoint or hub:OWNER/NAME (default: the bundled start model)',
    )
    .option(
      '--questions <n>',
      'questions of each kind, and number of rooms (default: 60)',
      positiveInteger,
    )
    .option(
      '--trained-rooms <file>',
      "JSON list with the indices of the rooms in the recipe's series that are still drawn as in training (default: all)",
    )
    .option('--out <dir>', 'folder for diagnosis.md and diagnosis.json (default: none)')
    .addOption(config('YAML config; its prompt and policy count'))
    .addOption(setting('set one config key, e.g. --set policy.threads=2; repeatable'))
    .option('--json', JSON_TEXT)
    .option('--quiet', 'no progress, only the result')
    .action((model, flags) => actions.diagnose({ ...given(flags), ...(model && { model }) }));

  addExperimentCommands(program, actions);

  addDataCommands(program, actions, help);
  addExport(program, actions);

  program
    .command('check-data')
    .description(
      'read a whole dataset before a run, and report its contents and everything missing or malformed, by file and line',
    )
    .option(
      '--data <dir>',
      'file of records (docs/data.md), folder with questions.jsonl, folder in SpaceR-151k form, or hub:OWNER/NAME (default: the dataset of the config)',
    )
    .addOption(config('YAML config; its dataset counts'))
    .addOption(setting('set one config key, e.g. --set dataset.trainFile=a.jsonl; repeatable'))
    .option('--json', JSON_TEXT)
    .option('--quiet', 'only problems')
    .action((flags) => actions.checkData(given(flags)));

  addRewardCommands(program as Command, actions);

  addServeRewards(program, actions);

  addMerge(program, actions);

  program.addCommand(pushCommand(actions).copyInheritedSettings(program as Command));

  program
    .command('plugins')
    .description('list the bundled plugins with descriptions and options')
    .option('--json', JSON_TEXT)
    .action((flags) => actions.plugins(given(flags)));

  addConfigCommands(program as Command, actions);

  for (const command of program.commands) refuseRepetition(command as Command);
  return program as Command;
}

/** Flags of `evaluate` about generating answers, which conflict with `--rescore` and `--compare`. */
const GENERATION_FLAGS = [
  ...['benchmark', 'data', 'prompt', 'policy', 'items', 'maxNewTokens', 'judge', 'budget', 'look'],
  ...['config', 'set', 'seed'],
];
