/** What is wrong with the commands and snippets of a page, each with its line. Nothing is run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from '@commander-js/extra-typings';
import { idleProgram } from './known-commands.ts';
import type { KnownCommands } from './known-commands.ts';
import { jsonProblems, recordProblems, yamlProblems } from './block-problems.ts';
import { isPluginOption, settingsOfGrid } from './page-configs.ts';
import {
  COMPILED_LANGUAGES,
  FOREIGN_OPTIONS,
  MADE_PATHS,
  UNCHECKED_LANGUAGES,
  isCheckedElsewhere,
} from './listed-reasons.ts';
import type { PageConfigs } from './page-configs.ts';
import { fileOf } from './read-pages.ts';
import type { Page, PageBlock } from './read-pages.ts';
import { shellCommands } from './shell-words.ts';
import { commandIn, isPlaceholder, readWords } from './typed-command.ts';
import type { GivenOption, TypedCommand } from './typed-command.ts';

/** What pages are held against. */
export interface Repository {
  readonly root: string;
  readonly known: KnownCommands;
  readonly configs: PageConfigs;
}

/** A page being checked. */
interface Context extends Repository {
  /** Files that the page has its reader write. */
  readonly written: ReadonlySet<string>;
  /** Texts of the configs that it shows. */
  readonly shown: readonly string[];
}

/** Folders of the repository whose files a page may name. */
const OURS = /^(?:configs|docs|packages|tools)\//u;

/** Every problem of a page: `docs/x.md:12: loci train has no option --stepz`. */
export async function pageProblems(page: Page, repository: Repository): Promise<readonly string[]> {
  const context: Context = {
    ...repository,
    written: new Set(page.blocks.flatMap((block) => fileOf(block) ?? [])),
    shown: page.blocks.flatMap((block) => (isWholeConfig(block) ? [block.text] : [])),
  };
  for (const block of page.blocks) {
    const file = fileOf(block);
    if (file !== undefined) repository.configs.write(file, block.text);
  }
  const problems: string[] = [];
  const note = (line: number, found: readonly string[]): void => {
    problems.push(...found.map((problem) => `${page.file}:${line}: ${problem}`));
  };
  for (const block of page.blocks) {
    if (block.language === 'sh' || block.language === 'bash') {
      if (block.marks.includes('partial')) continue;
      for (const { line, words } of shellCommands(block.text)) {
        const at = block.line + 1 + line;
        note(at, await typedProblems(words, context));
        note(at, pathProblems(words, context));
      }
    } else note(block.line, dataProblems(block, repository.configs));
  }
  for (const { line, text } of page.spans) note(line, spanProblems(text, context));
  return problems;
}

function isWholeConfig({ language, marks }: PageBlock): boolean {
  return language === 'yaml' && !marks.some((mark) => /^(?:partial|lines|options=.*)$/u.test(mark));
}

function dataProblems(block: PageBlock, configs: PageConfigs): readonly string[] {
  if (isCheckedElsewhere(block) || UNCHECKED_LANGUAGES.has(block.language)) return [];
  if (block.language === 'yaml') return yamlProblems(block, configs);
  if (block.language === 'json') return jsonProblems(block, configs);
  if (block.language === 'jsonl' && fileOf(block) === undefined) return recordProblems(block);
  if (fileOf(block) !== undefined || COMPILED_LANGUAGES.has(block.language)) return [];
  return [`nothing checks a block of ${block.language}`];
}

/** Problems of a command that a reader types as it is. */
async function typedProblems(
  words: readonly string[],
  context: Context,
): Promise<readonly string[]> {
  const command = commandIn(words, context.known);
  if (command === undefined) return [];
  const problems = commandProblems(command, context);
  if (problems.length > 0 || command.path === undefined) return problems;
  try {
    const typed = [...command.path, ...command.words];
    if (!typed.includes('--help')) await idleProgram().parseAsync(typed, { from: 'user' });
    return [];
  } catch (thrown) {
    return thrown instanceof CommanderError ? [thrown.message] : [String(thrown)];
  }
}

/** Problems of a code span: a command with what it is given, options by themselves, or a file. */
function spanProblems(text: string, context: Context): readonly string[] {
  const { known } = context;
  const isCommand = /^(?:npx|npm|nx|loci|node|pnpm|--[a-z]|[a-z]+:[a-z-]+|[a-z-]+ --)/u.test(text);
  if (OURS.test(text) && !text.includes(' ')) return pathProblems([text], context);
  if (!isCommand) return [];
  const [first] = shellCommands(text.replaceAll(/(?<=\w)\|(?=\w)/gu, '\\|'));
  const words = first?.words ?? [];
  const command = commandIn(words, known, true);
  if (command !== undefined) return commandProblems(command, context);
  if (words[0]?.startsWith('--') !== true) return [];
  const names = words.filter((word) => /^--[a-z]/u.test(word)).map((word) => word.split('=')[0]!);
  const unknown = names.filter((name) => !isAnyOption(name, known) && !FOREIGN_OPTIONS.has(name));
  const set = words.flatMap((word, at) => (words[at - 1] === '--set' ? [word] : []));
  return [
    ...unknown.map((name) => `no command has an option ${name}`),
    ...settingProblems(
      [],
      set.filter((setting) => !isPluginOption(setting)),
      context,
    ),
  ];
}

function isAnyOption(name: string, { loci, targets }: KnownCommands): boolean {
  if (['--help', '--version'].includes(name)) return true;
  const forms = [...targets.values(), ...loci.below.values()];
  return forms.some((form) =>
    [form, ...(form?.below.values() ?? [])].some((one) => one?.options.has(name)),
  );
}

function commandProblems(command: TypedCommand, context: Context): readonly string[] {
  if (command.problem !== undefined) return [command.problem];
  const { options, problems } = readWords(command);
  if (problems.length > 0 || command.path === undefined) return problems;
  const valuesOf = (name: string): readonly string[] =>
    options.flatMap((option) => (option.name === name ? option.values : []));
  if (isOfScenes(command.path, options)) return context.configs.recipeProblems(valuesOf('--set'));
  const models = [...valuesOf('--policy'), ...valuesOf('--judge')];
  const policies = models.filter((value) => value.startsWith('{'));
  const grids = valuesOf('--grid').flatMap(settingsOfGrid);
  const set = [...valuesOf('--set'), ...policies.map((value) => `policy=${value}`)];
  const benchmarks = valuesOf('--benchmark').filter((value) => !isPlaceholder(value));
  return [
    ...settingProblems(valuesOf('--config'), set, context),
    ...grids.flatMap((setting) => settingProblems(valuesOf('--config'), [setting], context)),
    ...benchmarks.flatMap((use) =>
      settingProblems([], [`benchmark={use: ${use}, data: x}`], context),
    ),
  ];
}

/** Whether `--set` is about a recipe and not about a run. */
function isOfScenes(path: readonly string[], options: readonly GivenOption[]): boolean {
  const from = options.find(({ name }) => name === '--from')?.values[0];
  return path[0] === 'generate' && from !== undefined && from !== 'rooms';
}

function settingProblems(
  files: readonly string[],
  set: readonly string[],
  { configs, shown }: Context,
): readonly string[] {
  const whole = set.filter((setting) => /^[\w.]+=/u.test(setting) && !hasPlaceholder(setting));
  if (whole.length === 0 && files.length === 0) return [];
  const problems = configs.settingProblems(files, whole, shown);
  // By itself, `--set` may be that of a command with a recipe.
  const isRecipe = files.length === 0 && configs.recipeProblems(whole).length === 0;
  return isRecipe ? [] : problems;
}

function hasPlaceholder(setting: string): boolean {
  return /…|^(?:key|a\.b)=/u.test(setting) || isPlaceholder(setting.replace(/^[^=]*=/u, ''));
}

/** Files of this repository that a page names and that are not there. A compiled file stands for its source. */
function pathProblems(words: readonly string[], { root, written }: Context): readonly string[] {
  const isThere = (path: string): boolean => {
    const source = path.replace('/dist/', '/src/').replace(/\.js$/u, '.ts');
    return (
      written.has(path) ||
      MADE_PATHS.has(path) ||
      existsSync(join(root, path)) ||
      existsSync(join(root, source))
    );
  };
  const named = words.filter(
    (word) => OURS.test(word) && !/[*{<>…]|\b[A-Z]{2,}\b(?!\.md)/u.test(word),
  );
  const scripts = words.flatMap((word, at) =>
    words[at - 1] === 'node' && /^[\w-]+\.m?js$/u.test(word) ? [word] : [],
  );
  const missing = [...named, ...scripts].filter((path) => !isThere(path.replace(/[:#].*$/u, '')));
  return missing.map((path) => `there is no ${path}`);
}
