/** An answer that is not 200: what is wrong, in words and by item. */

/** What is wrong with one item of a request. */
export interface ItemProblem {
  /** Index of the item in the request. */
  readonly index: number;
  readonly message: string;
  /** The reward that failed, where one did. */
  readonly reward?: string;
}

/** Items that are told of; the message says how many there are. */
const TOLD = 100;

/** Thrown by a route; the error handler makes the reply of it. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  /** For programs, in kebab-case. */
  readonly code: string;
  readonly items: readonly ItemProblem[] | undefined;

  constructor(statusCode: number, code: string, message: string, items?: readonly ItemProblem[]) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.items = items;
  }
}

/** What such an answer holds. */
export interface ErrorBody {
  readonly error: string;
  readonly message: string;
  readonly items?: readonly ItemProblem[];
}

/** The body of an error's answer. */
export function errorBody({ code, message, items }: HttpError): ErrorBody {
  return { error: code, message, ...(items && { items: items.slice(0, TOLD) }) };
}
