/**
 * Text as tokens, for models that keep their own tokens to themselves: one token a byte of UTF-8. What crosses the `Policy` interface
 * is then text in disguise; counts of tokens come from the server.
 */

/** Ends a completion that the model ended itself. */
export const END_TOKEN = 256;
/** Fills rows. */
export const PAD_TOKEN = 257;
/** Bytes, end and padding. */
export const BYTE_VOCABULARY = 258;

/** One token a byte. */
export function tokensOfText(text: string): Int32Array {
  return Int32Array.from(new TextEncoder().encode(text));
}

/** The text behind the tokens; end and padding are silent. */
export function textOfTokens(tokenIds: Int32Array): string {
  return new TextDecoder().decode(Uint8Array.from(tokenIds.filter((id) => id < END_TOKEN)));
}
