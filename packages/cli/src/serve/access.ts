/** Who may ask: everyone on this machine, or whoever knows the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { LociError } from '@loci/core';
import { HttpError } from './http-error.ts';

/** The environment variable that holds the token. */
export const TOKEN_VARIABLE = 'LOCI_REWARDS_TOKEN';

/** Whether an address reaches no further than this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The token that requests must bring; undefined when they need none.
 *
 * @throws LociError `token-missing` when others could reach the server and there is no token.
 */
export function requiredToken(
  host: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const token = environment[TOKEN_VARIABLE];
  if (token !== undefined && token !== '') return token;
  if (isLoopback(host)) return undefined;
  throw new LociError(
    'token-missing',
    `${host} can be reached from other machines: set a token in the environment variable ${TOKEN_VARIABLE}, or leave --host out to serve this machine only`,
  );
}

/**
 * Checks the `authorization` header: `Bearer TOKEN`, or `Basic` with the token as the password, which is what a client makes of
 * a URL such as `http://loci:TOKEN@host:8181` and all that OpenRLHF can send.
 *
 * @throws HttpError 401; the comparison takes the same time whatever the token is.
 */
export function checkToken(header: string | undefined, token: string): void {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(header ?? '') ?? [];
  const given =
    scheme.toLowerCase() === 'basic' ? passwordOf(credentials) : bearer(scheme, credentials);
  if (timingSafeEqual(digest(given), digest(token)) && given !== '') return;
  throw new HttpError(
    401,
    'unauthorised',
    header === undefined
      ? 'This server wants a token: send the header "authorization: Bearer TOKEN"'
      : 'The token in the header "authorization" is not the one of this server',
  );
}

function bearer(scheme: string, credentials: string): string {
  return scheme.toLowerCase() === 'bearer' ? credentials : '';
}

function passwordOf(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

/** Equal lengths, so that the comparison does not tell the token's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
