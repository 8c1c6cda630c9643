/** Errors that become HTTP answers, with a message and the items concerned. */

/** The problem of one item of a request. */
export interface ItemProblem {
  /** Index of the item in the request. */
  readonly index: number;
  readonly message: string;
  /** The reward that failed, where one did. */
  readonly reward?: string;
}

/** Most items to list; the message has their number. */
const LISTED = 100;

/** Thrown by a route; the error handler turns it into the reply. */
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

/** Body of such an answer. */
export interface ErrorBody {
  readonly error: string;
  readonly message: string;
  readonly items?: readonly ItemProblem[];
}

/** The body of an error's answer. */
export function errorBody({ code, message, items }: HttpError): ErrorBody {
  return { error: code, message, ...(items && { items: items.slice(0, LISTED) }) };
}
