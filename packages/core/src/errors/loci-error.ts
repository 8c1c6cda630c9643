/**
 * The one error class of Loci. `code` is for programs, the message for people: it says what is wrong and what to do.
 * Errors are recognised by a registered symbol, so two copies of this package in one process agree.
 */
import { missingPackage } from './missing-package.ts';

const MARK = Symbol.for('loci.error');

/**
 * What an error of a model is about: this one `item` alone, the `model`, which may be back for the next item, or `either`, which only
 * further items can decide. Errors without it end the work.
 */
export type ErrorConcern = 'item' | 'model' | 'either';

/**
 * An error that was foreseen.
 *
 * @example throw new LociError('file-missing', `There is no ${file}: generate the rooms first.`, { cause });
 */
export class LociError extends Error {
  readonly [MARK] = true;
  override readonly name = 'LociError';
  readonly code: string;
  /** Facts behind the message, for logs. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Set by policies, so that an evaluation goes on after what concerns one item. */
  readonly concerns: ErrorConcern | undefined;

  constructor(
    code: string,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly concerns?: ErrorConcern;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.concerns = options.concerns;
  }

  static is(value: unknown): value is LociError {
    return typeof value === 'object' && value !== null && MARK in value;
  }
}

/** The message of anything that was thrown; of a package that is not installed, with the command that installs it. */
export function messageOf(thrown: unknown): string {
  const missing = missingPackage(thrown);
  if (missing !== undefined) return missing;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
