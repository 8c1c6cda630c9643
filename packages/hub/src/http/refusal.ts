/** Turns a failed answer of the hub into an error with its meaning and a remedy. */
import { LociError } from '@loci/core';
import type { Token } from '../token.ts';
import { askedFor } from './waits.ts';

/** Characters of the hub's message that an error quotes. */
const LONGEST_MESSAGE = 400;

/**
 * The error for an answer with a status of 400 or more. Codes: `hub-gated`, `hub-unauthorized`, `hub-forbidden`, `hub-not-found`, `hub-revision`,
 * `hub-conflict`, `hub-busy`, `hub-failed`; `details.status` is the status.
 *
 * @param url of the request; errors show only its host and path, since a query may hold a signature.
 */
export async function refusal(
  response: Response,
  url: URL,
  { token, endpoint }: { readonly token: Token | undefined; readonly endpoint: string },
): Promise<LociError> {
  const { status, headers } = response;
  const quoted = await messageIn(response, (text) => token?.hide(text) ?? text);
  const kind = headers.get('x-error-code') ?? '';
  const repository = repositoryIn(url, endpoint);
  const error = (code: string, message: string): LociError =>
    new LociError(code, `${message}${quoted === '' ? '' : ` (the hub: ${quoted})`}`, {
      details: { status, ...(kind !== '' && { kind }) },
    });
  const page = `${endpoint}/${repository}`;
  const how =
    token === undefined
      ? `make a token at ${endpoint}/settings/tokens, and put it into HF_TOKEN or log in with: hf auth login`
      : `the token from ${token.source} may lack the right to read it: check ${endpoint}/settings/tokens`;
  if (kind === 'GatedRepo') {
    return error(
      'hub-gated',
      `${repository} is gated: accept its terms at ${page}, then try again; ${how}`,
    );
  }
  if (kind === 'RevisionNotFound') {
    return error(
      'hub-revision',
      `${repository} has no such revision: ${page}/tree/main lists its branches and tags`,
    );
  }
  if (status === 401) {
    return error(
      'hub-unauthorized',
      token === undefined
        ? `There is no repository ${repository}, or it is private or gated: check its name; for a private one, ${how}`
        : `The hub does not know the token from ${token.source}, or ${repository} does not exist: check the name, and ${endpoint}/settings/tokens`,
    );
  }
  if (status === 403) return error('hub-forbidden', `Access to ${repository} is denied: ${how}`);
  if (status === 404) {
    return error(
      'hub-not-found',
      kind === 'EntryNotFound'
        ? `${repository} has no file ${decodeURIComponent(url.pathname.split('/').at(-1) ?? '')}`
        : `There is no ${repository} on ${new URL(endpoint).host}: check the name, and its kind (hub:models/… or hub:datasets/…)`,
    );
  }
  if (status === 409)
    return error('hub-conflict', `${repository} exists already, or somebody changed it meanwhile`);
  if (status === 429) {
    const wait = askedFor(headers);
    const when = wait === undefined ? 'later' : `in ${Math.ceil(wait / 1000)} s`;
    const hint = token === undefined ? '; a token (HF_TOKEN) allows more requests' : '';
    return error('hub-busy', `The hub takes no more requests now: try again ${when}${hint}`);
  }
  if (status >= 500) {
    return error('hub-busy', `${url.host} failed with status ${status}: try again later`);
  }
  return error('hub-failed', `${url.host} answered ${url.pathname} with status ${status}`);
}

/** `owner/name`, or `datasets/owner/name`, in an address of the hub; its path elsewhere. */
function repositoryIn(url: URL, endpoint: string): string {
  const path = `${url.origin}${url.pathname}`.replace(`${endpoint}/`, '');
  const api = /^(?:api\/(?:models\/)?)?((?:datasets\/)?[^/]+\/[^/]+?)(?:\.git)?(?:\/|$)/u.exec(
    path,
  )?.[1];
  return api ?? url.host;
}

async function messageIn(response: Response, hide: (text: string) => string): Promise<string> {
  const text = await response.text().catch(() => '');
  let message = response.headers.get('x-error-message') ?? '';
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    if (typeof error === 'string') message = error;
  } catch {
    // The body is a page of a proxy: the status is enough.
  }
  return hide(message).replace(/\s+/gu, ' ').trim().slice(0, LONGEST_MESSAGE);
}
