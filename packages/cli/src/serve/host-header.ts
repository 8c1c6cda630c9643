/**
 * Checks the host names in requests. A web page can make its own name resolve to this machine (DNS rebinding); the name in its requests
 * reveals that.
 */
import { isIP } from 'node:net';
import { isLoopback } from './access.ts';
import { HttpError } from './http-error.ts';

/** The names that requests may use. */
export interface KnownHosts {
  /** Address that the server listens on; 127.0.0.1 by default. */
  readonly listensOn?: string | undefined;
  /** Further names, without ports. */
  readonly allowed?: readonly string[] | undefined;
}

/**
 * Checks the `host` header. It accepts loopback names on a loopback connection, the local address of the connection, the address that the
 * server listens on, and the allowed names.
 *
 * @param localAddress address of this end of the connection.
 * @throws HttpError 421 for any other name, and for a missing one.
 */
export function checkHost(
  header: string | undefined,
  localAddress: string | undefined,
  { listensOn = '127.0.0.1', allowed = [] }: KnownHosts,
): void {
  const host = hostOf(header ?? '');
  const local = (localAddress ?? '').replace(/^::ffff:/iu, '');
  if (host !== undefined) {
    if (isLoopback(host) && isLoopback(local)) return;
    if (isIP(host) !== 0 && host === local) return;
    if ([listensOn, ...allowed].some((known) => nameOf(known) === host)) return;
  }
  throw new HttpError(
    421,
    'host-unknown',
    header === undefined || header === ''
      ? 'The request lacks the header "host", the name of this server'
      : `This server is not known as ${JSON.stringify(header.slice(0, 200))}: use its address, or start it with --allow-host and that name`,
  );
}

/**
 * Checks every host name in a request: each `host` header, and the address in its first line (`GET http://… HTTP/1.1`).
 *
 * @param rawHeaders names and values in turn, as Node has them.
 * @throws HttpError 421 for any name that is not known, and for a missing one.
 */
export function checkHosts(
  {
    url = '',
    rawHeaders,
  }: { readonly url?: string | undefined; readonly rawHeaders: readonly string[] },
  localAddress: string | undefined,
  known: KnownHosts,
): void {
  const headers = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === 'host',
  );
  const [, inAddress] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/iu.exec(url) ?? [];
  const named = [...headers, ...(inAddress === undefined ? [] : [inAddress])];
  for (const name of headers.length === 0 ? [undefined] : named) {
    checkHost(name, localAddress, known);
  }
}

/** The name or address in a `host` header, in the form of `nameOf`; undefined for an invalid header. */
function hostOf(header: string): string | undefined {
  const [, bracketed, plain] =
    /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@\\[\]]+))(?::\d{0,5})?$/iu.exec(header) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? undefined : nameOf(host);
}

/** A name in the form in which names are compared: without case, brackets and the dot of the root. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/u, '$1')
    .replace(/\.$/u, '');
}
