/**
 * The one error class of Loci. `code` is for programs, the message for people: it says what is wrong and what to do.
 * Errors are recognised by a registered symbol, so two copies of this package in one process agree.
 */
import { missingPackage } from './missing-package.ts';

const MARK = Symbol.for('loci.error');

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

  constructor(
    code: string,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
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
