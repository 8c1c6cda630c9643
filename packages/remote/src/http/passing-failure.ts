/** What a failed attempt leaves to try again with. */
export interface PassingDetails {
  readonly cause?: unknown;
  /** Milliseconds that the server asks to wait. */
  readonly waitMs?: number | undefined;
  /** Attempts after which it is given up, where these are fewer than allowed: the next one rarely ends otherwise. */
  readonly attempts?: number;
  /** Code of the error when it is given up, which then concerns one question; `remote-unavailable`, of the model, when absent. */
  readonly code?: string;
  /** What to do about it, for the error when it is given up. */
  readonly advice?: string;
}

/** A failure that another attempt may mend. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  readonly details: PassingDetails;

  constructor(message: string, details: PassingDetails = {}) {
    super(message, { cause: details.cause });
    this.details = details;
  }
}
