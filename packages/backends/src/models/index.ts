/** Lists the architectures of Loci by `model_type`, and opens models from folders. No other file names an architecture's folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LociError, messageOf, writeJsonAtomically } from '@loci/core';
import { LFS_ADVICE, LFS_POINTER } from '../files/model-file.ts';
import { qwen25Vl } from './qwen2-5-vl/architecture.ts';
import { qwen3Vl } from './qwen3-vl/architecture.ts';
import type { Architecture, Model } from './spec/model.ts';

/** All architectures. A new one takes a folder of its own and a line here. */
export const ARCHITECTURES: readonly Architecture[] = [qwen25Vl, qwen3Vl];

/** An architecture by its name on a command line. @throws LociError `unknown-architecture`. */
export function architectureNamed(name: string): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.name === name);
  if (found) return found;
  const known = ARCHITECTURES.map((architecture) => architecture.name).join(', ');
  throw new LociError(
    'unknown-architecture',
    `there is no architecture "${name}"; known: ${known}`,
  );
}

/**
 * Makes a model from the content of a `config.json`, by its `model_type`.
 *
 * @param file name of the file in errors.
 * @param own architectures besides those of the table; on the same `model_type` they take precedence.
 * @throws LociError `model-config` naming the file and the key.
 */
export function parseModel(
  json: unknown,
  file = 'config.json',
  own: readonly Architecture[] = [],
): Model {
  const known = [...own, ...ARCHITECTURES];
  const type = (json as { readonly model_type?: unknown } | null)?.model_type;
  const architecture = known.find(({ modelType }) => modelType === type);
  if (architecture) return architecture.readConfig(json, file);
  const names = known.map(({ modelType, title }) => `${title} ("${modelType}")`).join(', ');
  throw new LociError(
    'model-config',
    `${file}: "model_type" is ${JSON.stringify(type) ?? 'missing'}; Loci reads ${names}`,
    { details: { file } },
  );
}

/**
 * The model of a folder in Hugging Face layout, by its `config.json`.
 *
 * @param own architectures besides those of the table.
 * @throws LociError `model-config`.
 */
export async function readModel(folder: string, own: readonly Architecture[] = []): Promise<Model> {
  const file = join(folder, 'config.json');
  let json: unknown;
  try {
    const text = await readFile(file, 'utf8');
    if (text.startsWith(LFS_POINTER)) throw new Error(LFS_ADVICE);
    json = JSON.parse(text);
  } catch (cause) {
    const problem = await missingConfig(folder, cause);
    throw problem === undefined
      ? new LociError('model-config', `${file} cannot be read: ${messageOf(cause)}`, { cause })
      : new LociError('model-config', problem, { cause });
  }
  return parseModel(json, file, own);
}

/** The problem with a folder without a config; undefined when the config exists. */
async function missingConfig(folder: string, cause: unknown): Promise<string | undefined> {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
  const entries = await readdir(folder).catch(() => undefined);
  if (entries === undefined) {
    return `${folder}: no such model folder: put one there, or name hub:OWNER/NAME`;
  }
  return entries.includes('adapter_config.json')
    ? `${folder} holds a LoRA adapter, not a model: name its base as the model, and this folder as the adapter`
    : `${folder} has no config.json: it is not a model folder in Hugging Face layout`;
}

/** Writes `config.json` into a model folder. */
export async function writeModelConfig(folder: string, { configJson }: Model): Promise<void> {
  await writeJsonAtomically(join(folder, 'config.json'), configJson);
}
