import type { ErrorView } from '../wire/wire.ts';

/** A failed request; routes throw it. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly statusCode: number;
  /** For programs, in kebab-case. */
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}

/** The body of the answer to a failed request. */
export function problemBody(code: string, message: string): ErrorView {
  return { error: code, message };
}
