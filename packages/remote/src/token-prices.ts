/** Prices of tokens. */

/** Price of a million tokens, in any currency. */
export interface TokenPrices {
  readonly prompt: number;
  readonly completion: number;
}

const MILLION = 1e6;

/** The cost of a request, in the currency of the prices. */
export function costOf(
  prices: TokenPrices,
  promptTokens: number,
  completionTokens: number,
): number {
  return (promptTokens * prices.prompt + completionTokens * prices.completion) / MILLION;
}
