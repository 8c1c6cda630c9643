/** Parsers for the values of flags: numbers, and flags that may be repeated. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

/** A flag that may be repeated; its value is the list of all. */
export function repeated<Flag extends string>(
  flag: Flag,
  description: string,
): Option<Flag, undefined, [], string[]> {
  return new Option(flag, description).argParser(collect).default([], 'none');
}

/** `--set key=value`, which may be repeated. */
export function setting(description: string): Option<'--set <key=value>', undefined, [], string[]> {
  return repeated('--set <key=value>', description);
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** A whole number from 0 on. @throws InvalidArgumentError for any other text. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text))
    throw new InvalidArgumentError('It must be a whole number of at least 0.');
  return Number(text);
}

/** A whole number from 1 on. @throws InvalidArgumentError for any other text. */
export function positiveInteger(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

/** A number above 0. @throws InvalidArgumentError for any other text. */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** A type of flags whose values are never undefined. */
export type Given<Flags> = { [Key in keyof Flags]: Exclude<Flags[Key], undefined> };

/** The flags in the type `Given`: commander leaves absent flags out, but its types allow undefined. */
export function given<Flags extends object>(flags: Flags): Given<Flags> {
  return flags as Given<Flags>;
}
