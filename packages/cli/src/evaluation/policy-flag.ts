/** `--policy` as config overrides: a model folder, an adapter, the name of a policy, or one with options as YAML. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTER_CONFIG_FILE } from '@loci/backends';
import { resolveUserPath } from '../paths.ts';

/**
 * A model folder takes the place of the config's; an adapter goes onto the model that the config names.
 *
 * @example policyOverrides('models/qwen', '/home/me') // ['policy.model="/home/me/models/qwen"']
 * @example policyOverrides('{use: openai, model: m}', '/home/me') // ['policy={use: openai, model: m}']
 */
export function policyOverrides(text: string, userDirectory: string): readonly string[] {
  const folder = resolveUserPath(text, userDirectory);
  if (existsSync(join(folder, ADAPTER_CONFIG_FILE))) {
    // What a config says of a new adapter gives way to one that brings all of it.
    return ['policy.lora=null', `policy.lora=${JSON.stringify({ adapter: folder })}`];
  }
  if (existsSync(folder)) return [`policy.model=${JSON.stringify(folder)}`];
  return [text.trimStart().startsWith('{') ? `policy=${text}` : `policy.use=${text}`];
}
