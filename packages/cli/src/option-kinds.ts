/** Kinds of flags that several commands have, and how their words are read. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';

/** Of a flag with one value that is given twice, the first would be lost without a word. */
export function refuseRepetition(command: Command): void {
  for (const option of command.options) {
    const isList =
      option.variadic || Array.isArray(option.defaultValue) || option.parseArg === collectGiven;
    if (option.isBoolean() || isList) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) command.error(`error: ${option.long} is given twice, and it takes one value`);
      given = true;
    });
  }
}

/** `--out` names a folder everywhere; a command that writes one file once took it for the file. */
export function formerOut(): Option<'--out <file>', undefined, undefined, string> {
  return new Option('--out <file>').hideHelp();
}

/** A flag that may be given again and again. */
export function repeated<Flag extends string>(
  flag: Flag,
  description: string,
): Option<Flag, undefined, [], string[]> {
  return new Option(flag, description).argParser(collect).default([], 'none');
}

/** `--set key=value`, as often as wanted. */
export function setting(description: string): Option<'--set <key=value>', undefined, [], string[]> {
  return repeated('--set <key=value>', description);
}

/** `--config FILE`, as often as wanted. */
export function config(
  description: string,
): Option<'--config <file>', undefined, undefined, string[]> {
  return new Option(
    '--config <file>',
    `${description}; repeatable, later ones over earlier ones`,
  ).argParser(collectGiven);
}

export function collectGiven(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text))
    throw new InvalidArgumentError('It must be a whole number of at least 0.');
  return Number(text);
}

export function positiveInteger(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

type Given<Flags> = { [Key in keyof Flags]: Exclude<Flags[Key], undefined> };

/** The flags that were given: commander leaves the others out, which its types do not say. */
export function given<Flags extends object>(flags: Flags): Given<Flags> {
  return flags as Given<Flags>;
}
