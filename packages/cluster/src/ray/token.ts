/** The token of a dashboard. It lies in a file, and is in no config, entrypoint, metadata, log or message. */
import { readFileSync } from 'node:fs';
import { LociError, messageOf } from '@loci/core';

/**
 * The token in a file, without the line feed at its end. It is read for each request, since clusters renew theirs.
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
      : `The token file ${file} must hold the token and nothing else: there is a blank, a line break or a character beyond ASCII in it`,
  );
}

/** A text that may quote a request, without the token in it. */
export function withoutToken(text: string, token: string | undefined): string {
  return token === undefined ? text : text.replaceAll(token, '[token]');
}
