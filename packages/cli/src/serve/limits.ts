/** How much of the server one request may take. */
export interface ServeLimits {
  /** Bytes of a body. 10,000 completions of 500 tokens, each with its prompt and its label, are 50 MB; a trainer's batch is far less. */
  readonly bodyBytes: number;
  /** Milliseconds to send a request, to read its answer, and between two requests of a connection. */
  readonly receiveMs: number;
  /** Milliseconds to answer one. Below the 180 s after which OpenRLHF gives up, so that it hears why. */
  readonly answerMs: number;
  /** Groups of one request that are scored side by side. */
  readonly groupsAtOnce: number;
}

/** The limits of the command `serve-rewards`. */
export const SERVE_LIMITS: ServeLimits = {
  bodyBytes: 32 * 2 ** 20,
  receiveMs: 60_000,
  answerMs: 150_000,
  groupsAtOnce: 8,
};
