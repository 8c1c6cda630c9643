/** Turns `--policy` into config overrides: a model folder, an adapter, a model on the hub, or a policy by its name or as YAML. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LociError } from '@loci/core';
import { bundledPlugins } from '../compose.ts';
import { isHubReference } from '../hub/bring-config.ts';
import { resolveUserPath } from '../paths.ts';

// Files by which Hugging Face and PEFT recognize a folder.
const MODEL_CONFIG_FILE = 'config.json';
const ADAPTER_CONFIG_FILE = 'adapter_config.json';

/**
 * The overrides. A model folder replaces that of the config; an adapter goes onto the model of the config.
 *
 * @throws LociError `policy-unknown` for a text that is neither a folder with a model nor a policy.
 * @example policyOverrides('models/qwen', '/home/me') // ['policy.model="/home/me/models/qwen"']
 * @example policyOverrides('{use: openai, model: m}', '/home/me') // ['policy={use: openai, model: m}']
 */
export function policyOverrides(text: string, userDirectory: string): readonly string[] {
  if (text.trimStart().startsWith('{')) return [`policy=${text}`];
  if (isHubReference(text)) return [`policy.model=${JSON.stringify(text)}`];
  const folder = resolveUserPath(text, userDirectory);
  if (existsSync(join(folder, ADAPTER_CONFIG_FILE))) {
    // The config's settings of a new adapter do not apply to a trained one.
    return ['policy.lora=null', `policy.lora=${JSON.stringify({ adapter: folder })}`];
  }
  if (text !== '' && existsSync(join(folder, MODEL_CONFIG_FILE))) {
    return [`policy.model=${JSON.stringify(folder)}`];
  }
  if (isPolicy(text, userDirectory)) return [`policy.use=${JSON.stringify(text)}`];
  const newest = latestIn(join(folder, 'checkpoints'));
  if (newest !== undefined) {
    throw new LociError('policy-unknown', `${folder} is a run; its newest model is ${newest}`);
  }
  const found = existsSync(folder)
    ? `${folder} has no model: it has neither ${MODEL_CONFIG_FILE} nor ${ADAPTER_CONFIG_FILE}`
    : `There is no folder ${folder}, and no policy "${text}" (there are ${policies().join(', ')})`;
  throw new LociError(
    'policy-unknown',
    `${found}. Name a model on a server with its address: '{use: openai, baseUrl: "http://localhost:8000/v1", model: NAME}'`,
  );
}

function latestIn(checkpoints: string): string | undefined {
  const steps = existsSync(checkpoints) ? readdirSync(checkpoints).sort() : [];
  return steps.length === 0 ? undefined : join(checkpoints, steps.at(-1)!);
}

const policies = (): readonly string[] =>
  bundledPlugins.flatMap(({ kind, name }) => (kind === 'policy' ? [name] : []));

/** Whether a text names a bundled policy, a file, or a package that the user has installed. */
function isPolicy(text: string, userDirectory: string): boolean {
  if (text === '') return false;
  if (policies().includes(text) || /^\.{1,2}[\\/]|\.[cm]?[jt]s$/u.test(text)) return true;
  try {
    createRequire(join(userDirectory, 'config.yaml')).resolve(text);
    return true;
  } catch {
    return false;
  }
}
