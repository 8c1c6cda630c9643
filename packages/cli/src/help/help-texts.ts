/**
 * Texts of `--help` with config keys. They come from a file that `help-keys.ts` generates from the schemas, because reading the schemas
 * themselves would load every package before the first line is printed.
 */
import { readFileSync } from 'node:fs';
import { BUNDLED_START_MODEL, HELP_KEYS_FILE } from '../assets.ts';
import { nextCommand } from '../next-command.ts';
import { optionTable } from './option-table.ts';
import type { OptionLine } from './option-table.ts';

/** Texts that are appended to `--help`; each is made when it is printed. */
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

/** The keys, by the file that they belong to. */
export interface HelpKeys {
  /** Of the config: each part followed by the options of its default plugin. */
  readonly config: readonly OptionLine[];
  /** Of the rooms dataset. */
  readonly rooms: readonly OptionLine[];
  /** Of a recipe for annotated scenes. */
  readonly scenes: readonly OptionLine[];
  /** Of a pretraining recipe. */
  readonly recipe: readonly OptionLine[];
}

/** Placeholder in the file for the folder of the bundled start model, which differs between machines. */
export const START_MODEL_MARK = '<start model>';

/** Texts that read the file when help is printed. */
export function helpTexts(): HelpTexts {
  return {
    configKeys: () =>
      [
        optionTable(readKeys().config),
        '',
        'Options of a part are beside its "use"; the list shows those of the default plugins. Another plugin',
        `(--set objective.use=sft) has other options: "${nextCommand('plugins')}" lists all of them.`,
      ].join('\n'),
    recipeKeys: () => optionTable(readKeys().recipe),
    sceneKeys: () => optionTable(readKeys().scenes),
    roomsKeys: () => optionTable(readKeys().rooms),
  };
}

function readKeys(): HelpKeys {
  const text = readFileSync(HELP_KEYS_FILE, 'utf8');
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(START_MODEL_MARK, BUNDLED_START_MODEL) : value,
  ) as HelpKeys;
}
