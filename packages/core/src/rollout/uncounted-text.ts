import { LociError } from '../errors/loci-error.ts';
import type { ScoredText } from '../spec/index.ts';

/**
 * A completion from a trainer that does not send its number of tokens. A reward that reads the number fails with LociError
 * `token-count-unknown`.
 */
export function uncountedText({ text, finishReason }: Omit<ScoredText, 'tokenCount'>): ScoredText {
  return {
    text,
    finishReason,
    get tokenCount(): number {
      throw new LociError(
        'token-count-unknown',
        'the number of tokens is not known; send tokenCount with the completion, or remove this reward from the config',
      );
    },
  };
}

/** Whether a completion's number of tokens is known. */
export function isCounted(completion: ScoredText): boolean {
  return Object.getOwnPropertyDescriptor(completion, 'tokenCount')?.get === undefined;
}
