/** The API key comes from the environment and goes to the server that it belongs to. */
import { LociError } from '@loci/core';

const OPENAI_HOST = 'api.openai.com';
const OPENAI_KEY = 'OPENAI_API_KEY';

/**
 * The key for a server.
 *
 * @param variable the environment variable that holds it. Unset, OPENAI_API_KEY goes to OpenAI, and no other server is sent a key.
 * @returns undefined when no key is sent.
 * @throws LociError `api-key-missing` when the variable is empty, `api-key-malformed` when it holds what no header can.
 */
export function apiKeyFor(
  baseUrl: string,
  variable: string | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const name = variable ?? (new URL(baseUrl).hostname === OPENAI_HOST ? OPENAI_KEY : undefined);
  if (name === undefined) return undefined;
  const key = environment[name]?.trim();
  if (key && !/^[\x21-\x7e]+$/u.test(key)) {
    throw new LociError(
      'api-key-malformed',
      `The API key in the environment variable ${name} has a line break, a blank or a character beyond ASCII in it: it was not copied whole, or more than it was`,
    );
  }
  if (key) return key;
  throw new LociError(
    'api-key-missing',
    `${baseUrl} wants an API key, and the environment variable ${name} is empty: export ${name}=…, or name another one with apiKeyEnv`,
  );
}
