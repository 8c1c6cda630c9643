/** Servers that answer no question at all, each with the error that an evaluation must report. */
import { refuse } from './answers.ts';
import type { Reply } from './chat-server.ts';

/** A server of which nothing can be asked. */
export interface WholeFault {
  readonly name: string;
  /** @param other address of a server that nobody named. */
  readonly reply: (other: string) => Reply;
  /** What standard error says. */
  readonly says: RegExp;
}

/** All of them; the key comes back wherever a server can put it. */
export const WHOLE_FAULTS: readonly WholeFault[] = [
  {
    name: 'redirects to another host',
    reply:
      (other) =>
      ({ key }, response) => {
        response.writeHead(307, { location: `${other}/chat/completions?key=${key}` });
        response.end();
      },
    says: /^error remote-redirect: /m,
  },
  {
    name: 'does not accept the key, and echoes it',
    reply:
      () =>
      ({ key }, response) =>
        refuse(response, 401, { message: `Incorrect API key provided: ${key}` }),
    says: /^error remote-unauthorised: .*apiKeyEnv/m,
  },
  {
    name: 'has no such model',
    reply: () => (_request, response) =>
      refuse(response, 404, {
        message: 'The model drill-1 does not exist',
        code: 'model_not_found',
      }),
    says: /^error remote-model: /m,
  },
  {
    name: 'has an account that is used up',
    reply: () => (_request, response) =>
      refuse(response, 429, {
        message: 'You exceeded your current quota',
        code: 'insufficient_quota',
      }),
    says: /^error remote-quota: /m,
  },
  {
    name: 'forbids everything',
    reply:
      () =>
      ({ key }, response) =>
        refuse(response, 403, { message: `Key ${key} may not use this` }),
    says: /^error remote-forbidden: /m,
  },
  {
    name: 'is always overloaded, for a century',
    reply: () => (_request, response) =>
      refuse(
        response,
        503,
        { message: 'Overloaded' },
        { 'retry-after': 'Fri, 01 Jan 2199 00:00:00 GMT' },
      ),
    says: /^error model-unavailable: /m,
  },
  { name: 'never answers', reply: () => () => undefined, says: /^error model-unavailable: / },
];
