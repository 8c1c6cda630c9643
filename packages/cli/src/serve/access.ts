/** Decides who may send requests: everyone on this machine, or clients with the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { LociError } from '@loci/core';
import { HttpError } from './http-error.ts';

/** The environment variable that holds the token. */
export const TOKEN_VARIABLE = 'LOCI_REWARDS_TOKEN';

/** Whether an address is reachable only from this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The token that requests must carry; undefined when they need none.
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
    `Other machines can reach ${host}: set a token in the environment variable ${TOKEN_VARIABLE}, or leave --host out to serve only this machine`,
  );
}

/**
 * Checks the `authorization` header: `Bearer TOKEN`, or `Basic` with the token as the password. Clients send the latter for
 * a URL such as `http://loci:TOKEN@host:8181`; OpenRLHF can send nothing else.
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
      ? 'This server needs a token: send the header "authorization: Bearer TOKEN"'
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

/** A digest of equal length for every token, so that the comparison does not reveal the token's length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
