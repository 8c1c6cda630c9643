/** Flags that several commands have, and what becomes of one that is given twice. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { positiveNumber } from './flag-values.ts';

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

/** `--config FILE`, as often as wanted. */
export function config(
  description: string,
): Option<'--config <file>', undefined, undefined, string[]> {
  return new Option(
    '--config <file>',
    `${description}; repeatable, later ones over earlier ones`,
  ).argParser(collectGiven);
}

/** The values of a flag in order; it stays undefined when it is not given. */
export function collectGiven(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Of every command that finds something out. */
export const JSON_TEXT = 'the result as JSON; words go to standard error';

/** `--budget MONEY` of an evaluation. */
export function budget(): Option<'--budget <money>', undefined, undefined, number> {
  return new Option(
    '--budget <money>',
    "stop when so much is spent, by the policy's prices; a greater one goes on",
  ).argParser(positiveNumber);
}
