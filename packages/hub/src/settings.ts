/** Reads the address of the hub, the cache folder and the token from the variables that Python's `huggingface_hub` reads. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LociError, typedPath } from '@loci/core';
import { Token } from './token.ts';

/** Settings of requests and of the cache. */
export interface HubSettings {
  /** Address of the hub, without a slash at its end. */
  readonly endpoint: string;
  /** Folder of the cache, with `models--owner--name` in it. */
  readonly cacheFolder: string;
  /** Folder for unpacked archives. */
  readonly unpackedFolder: string;
  readonly isOffline: boolean;
  readonly token: Token | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const TRUE = ['1', 'ON', 'YES', 'TRUE'];

/**
 * Reads HF_ENDPOINT, HF_HOME, HF_HUB_CACHE (or HUGGINGFACE_HUB_CACHE), XDG_CACHE_HOME, HF_HUB_OFFLINE (or TRANSFORMERS_OFFLINE), HF_TOKEN (or
 * HUGGING_FACE_HUB_TOKEN), HF_TOKEN_PATH and HF_HUB_DISABLE_IMPLICIT_TOKEN, as `huggingface_hub/constants.py` 1.33 does.
 *
 * @throws LociError `hub-endpoint` for an HF_ENDPOINT that is not an address.
 */
export function hubSettings(environment: Environment = process.env): HubSettings {
  const home = pathOf(
    environment,
    'HF_HOME',
    join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'huggingface'),
  );
  const legacy = environment['HUGGINGFACE_HUB_CACHE'] || join(home, 'hub');
  return {
    endpoint: endpointOf(environment['HF_ENDPOINT']),
    cacheFolder: pathOf(environment, 'HF_HUB_CACHE', legacy),
    unpackedFolder: join(home, 'loci', 'unpacked'),
    isOffline: isTrue(environment['HF_HUB_OFFLINE'] || environment['TRANSFORMERS_OFFLINE']),
    token: tokenOf(environment, pathOf(environment, 'HF_TOKEN_PATH', join(home, 'token'))),
  };
}

function endpointOf(value: string | undefined): string {
  const text = (value || DEFAULT_ENDPOINT).replace(/\/+$/u, '');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol) || url.username || url.password) {
    throw new LociError(
      'hub-endpoint',
      `HF_ENDPOINT is not the address of a hub: write it as https://hub.example.org, without name and password`,
    );
  }
  return text;
}

function pathOf(environment: Environment, key: string, otherwise: string): string {
  const path = environment[key] || otherwise;
  const expanded = path.replace(
    /\$(?:\{(\w+)\}|(\w+))/gu,
    (whole, braced?: string, plain?: string) => environment[braced ?? plain ?? ''] ?? whole,
  );
  return typedPath(expanded, process.cwd());
}

function tokenOf(environment: Environment, file: string): Token | undefined {
  const value = environment['HF_TOKEN'] || environment['HUGGING_FACE_HUB_TOKEN'];
  if (value !== undefined && value.trim() !== '') return new Token(value, 'HF_TOKEN');
  if (isTrue(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'])) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    return text.trim() === '' ? undefined : new Token(text, file);
  } catch {
    // Most people have no such file. Without a readable one, a repository that needs a token fails with an error of its own.
    return undefined;
  }
}

function isTrue(value: string | undefined): boolean {
  return TRUE.includes(value?.toUpperCase() ?? '');
}
