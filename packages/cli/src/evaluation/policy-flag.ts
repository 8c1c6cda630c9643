/** `--policy` as config overrides: a model folder, the name of a policy, or one with options as YAML. */
import { existsSync } from 'node:fs';
import { LociError, messageOf } from '@loci/core';
import { parse } from 'yaml';
import { resolveUserPath } from '../paths.ts';

/**
 * @example policyOverrides('models/qwen', '/home/me') // ['policy.model="/home/me/models/qwen"']
 * @example policyOverrides('{use: openai, baseUrl: "http://localhost:8000/v1", model: m}', '/home/me')
 * @throws LociError `policy-flag` when the text is neither.
 */
export function policyOverrides(text: string, userDirectory: string): readonly string[] {
  const folder = resolveUserPath(text, userDirectory);
  if (existsSync(folder)) return [`policy.model=${JSON.stringify(folder)}`];
  let value: unknown;
  try {
    value = parse(text);
  } catch (thrown) {
    throw refused(text, messageOf(thrown));
  }
  if (typeof value === 'string' && /^[\w@./-]+$/.test(value)) return [`policy.use=${value}`];
  if (typeof value !== 'object' || value === null || !('use' in value)) {
    throw refused(text, 'there is no such folder, and no policy in it');
  }
  const { use, ...options } = value;
  return [
    `policy.use=${JSON.stringify(use)}`,
    ...Object.entries(options).map(([key, option]) => `policy.${key}=${JSON.stringify(option)}`),
  ];
}

function refused(text: string, reason: string): LociError {
  return new LociError(
    'policy-flag',
    `--policy ${text}: ${reason}. Give a model folder, or a policy such as '{use: openai, baseUrl: "http://localhost:8000/v1", model: NAME}'`,
  );
}
