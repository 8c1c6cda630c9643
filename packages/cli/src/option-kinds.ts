/** Flags that several commands share, and the check that no flag is given twice. */
import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { positiveNumber } from './flag-values.ts';

/** Makes it an error to give a flag with one value twice, since the first value would be lost silently. */
export function refuseRepetition(command: Command): void {
  for (const option of command.options) {
    const isList =
      option.variadic || Array.isArray(option.defaultValue) || option.parseArg === collectGiven;
    if (option.isBoolean() || isList) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) command.error(`error: ${option.long} is given twice, but takes one value`);
      given = true;
    });
  }
}

/** `--out <file>` of earlier versions, hidden: a command that writes one file answers it with an error that names `--file`. */
export function formerOut(): Option<'--out <file>', undefined, undefined, string> {
  return new Option('--out <file>').hideHelp();
}

/** `--config FILE`, which may be repeated. */
export function config(
  description: string,
): Option<'--config <file>', undefined, undefined, string[]> {
  return new Option(
    '--config <file>',
    `${description}; repeatable, later files override earlier ones`,
  ).argParser(collectGiven);
}

/** The values of a flag in order; undefined when it is not given. */
export function collectGiven(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Description of `--json`, for every command with a result. */
export const JSON_TEXT = 'print the result as JSON, and text to standard error';

/** Description of `--verbose`, for every command that runs a model. */
export const VERBOSE_TEXT =
  'also explain the choice of engine and device, and why faster ones are unavailable';

/** `--budget MONEY` of an evaluation. */
export function budget(): Option<'--budget <money>', undefined, undefined, number> {
  return new Option(
    '--budget <money>',
    "stop when this much is spent, by the policy's prices; a larger budget continues",
  ).argParser(positiveNumber);
}
