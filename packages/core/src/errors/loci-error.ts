/**
 * The one error class of Loci. `code` is for programs; the message is for people and names fault, place and remedy. Errors are recognized by
 * a registered symbol, so two copies of this package in one process agree.
 */
import { missingPackage } from './missing-package.ts';

const MARK = Symbol.for('loci.error');

/**
 * The scope of a model's error: only this `item`, the `model`, which may work again for the next item, or `either`, which only further items
 * can decide. Errors without it end the work.
 */
export type ErrorConcern = 'item' | 'model' | 'either';

/**
 * An expected error.
 *
 * @example throw new LociError('file-missing', `There is no ${file}: generate the rooms first.`, { cause });
 */
export class LociError extends Error {
  readonly [MARK] = true;
  override readonly name = 'LociError';
  readonly code: string;
  /** Facts behind the message, for logs. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Set by policies, so that an evaluation can continue after an error that concerns one item. */
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

/** The message of anything that was thrown. For a missing package it has the command that installs it. */
export function messageOf(thrown: unknown): string {
  const missing = missingPackage(thrown);
  if (missing !== undefined) return missing;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
