/** What the next attempt needs to know of a failed one. */
export interface PassingDetails {
  readonly cause?: unknown;
  /** Milliseconds that the server asks to wait. */
  readonly waitMs?: number | undefined;
  /** Limit of attempts below the configured one, for failures that further attempts rarely change. */
  readonly attempts?: number;
  /** Code of the error after the last attempt, which then concerns one question. Absent: `remote-unavailable`, which concerns the model. */
  readonly code?: string;
  /** Remedy, for the error after the last attempt. */
  readonly advice?: string;
}

/** A failure after which another attempt may succeed. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  readonly details: PassingDetails;

  constructor(message: string, details: PassingDetails = {}) {
    super(message, { cause: details.cause });
    this.details = details;
  }
}
