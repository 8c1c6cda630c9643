/** `--policy` as config overrides: a model folder, the name of a policy, or one with options as YAML. */
import { existsSync } from 'node:fs';
import { resolveUserPath } from '../paths.ts';

/**
 * @example policyOverrides('models/qwen', '/home/me') // ['policy.model="/home/me/models/qwen"']
 * @example policyOverrides('{use: openai, model: m}', '/home/me') // ['policy={use: openai, model: m}']
 */
export function policyOverrides(text: string, userDirectory: string): readonly string[] {
  const folder = resolveUserPath(text, userDirectory);
  if (existsSync(folder)) return [`policy.model=${JSON.stringify(folder)}`];
  return [text.trimStart().startsWith('{') ? `policy=${text}` : `policy.use=${text}`];
}
