/** How the values of flags are read: numbers, and flags that may be given again and again. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

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

/** Flags without those that may be undefined. */
export type Given<Flags> = { [Key in keyof Flags]: Exclude<Flags[Key], undefined> };

/** The flags that were given: commander leaves the others out, which its types do not say. */
export function given<Flags extends object>(flags: Flags): Given<Flags> {
  return flags as Given<Flags>;
}
