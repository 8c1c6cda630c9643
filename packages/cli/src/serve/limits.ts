/** Limits of one request. */
export interface ServeLimits {
  /** Bytes of a body. 10,000 completions of 500 tokens, each with its prompt and its label, are 50 MB; a trainer's batch is far less. */
  readonly bodyBytes: number;
  /** Milliseconds to send a request, to read its answer, and between two requests of a connection. */
  readonly receiveMs: number;
  /** Milliseconds to answer one: less than the 180 s after which OpenRLHF gives up, so that it gets the reason. */
  readonly answerMs: number;
  /** Groups of one request that are scored concurrently. */
  readonly groupsAtOnce: number;
}

/** The limits of the command `serve-rewards`. */
export const SERVE_LIMITS: ServeLimits = {
  bodyBytes: 32 * 2 ** 20,
  receiveMs: 60_000,
  answerMs: 150_000,
  groupsAtOnce: 8,
};
