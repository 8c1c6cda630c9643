/** Copies the model that a pretraining starts from, in place of a fresh one and its vision pretraining. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModel, type Model } from '@loci/backends';
import { LociError } from '@loci/core';

/** Files of a model folder, without the records of its own pretraining. */
const FILES = [
  'config.json',
  'generation_config.json',
  'model.safetensors',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;

/**
 * Copies a model folder, weights included.
 *
 * @param sha256 expected hash of the weights, so that the same recipe always starts from the same model.
 * @throws LociError `base-differs` where they have another, `base-missing` where a file is missing.
 */
export async function copyBaseModel(folder: string, sha256: string, out: string): Promise<Model> {
  for (const file of FILES) {
    if (existsSync(join(folder, file))) continue;
    throw new LociError(
      'base-missing',
      `${folder}, the base model of the recipe, has no ${file}: name a whole model folder in base.model.`,
    );
  }
  const weights = readFileSync(join(folder, 'model.safetensors'));
  const found = createHash('sha256').update(weights).digest('hex');
  if (found !== sha256) {
    throw new LociError(
      'base-differs',
      `The weights in ${folder} have the SHA-256 ${found}, but the recipe starts from ${sha256}: name that model in base.model.`,
    );
  }
  for (const file of FILES) copyFileSync(join(folder, file), join(out, file));
  return readModel(out);
}
