/** Values of flags as numbers; commander shows what is wrong with one. */
import { InvalidArgumentError } from '@commander-js/extra-typings';

/** At least 0. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text))
    throw new InvalidArgumentError('It must be a whole number of at least 0.');
  return Number(text);
}

/** At least 1. */
export function positiveInteger(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}
