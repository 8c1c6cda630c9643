/** Reads the token of a dashboard from its file. No config, entrypoint, metadata, log or message contains it. */
import { readFileSync } from 'node:fs';
import { LociError, messageOf } from '@loci/core';

/**
 * The token in a file, without the line feed at its end. It is read for each request, since clusters renew their tokens.
 *
 * @throws LociError `token-unreadable`, `token-malformed`.
 */
export function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (thrown) {
    throw new LociError(
      'token-unreadable',
      `Cannot read the token file ${file}: ${messageOf(thrown)}. Write the token into it (chmod 600), or name another with tokenFile`,
      { cause: thrown },
    );
  }
  if (/^[\x21-\x7e]+$/u.test(text)) return text;
  throw new LociError(
    'token-malformed',
    text === ''
      ? `The token file ${file} is empty: write the token into it`
      : `The token file ${file} must contain only the token, but it has a blank, a line break or a character beyond ASCII`,
  );
}

/** A text that may quote a request, without the token in it. */
export function withoutToken(text: string, token: string | undefined): string {
  return token === undefined ? text : text.replaceAll(token, '[token]');
}
