/** A model that a pretraining goes on from, instead of a fresh one and its warm-up. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModel, type Model } from '@loci/backends';
import { LociError } from '@loci/core';

/** Files of a model folder; how it was made itself is no part of it. */
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
 * @param sha256 what the weights must have, so that the same recipe never goes on from another model.
 * @throws LociError `base-differs` where they have another, `base-missing` where a file is not there.
 */
export async function copyBaseModel(folder: string, sha256: string, out: string): Promise<Model> {
  for (const file of FILES) {
    if (existsSync(join(folder, file))) continue;
    throw new LociError(
      'base-missing',
      `${folder}, which the recipe goes on from, has no ${file}.`,
    );
  }
  const weights = readFileSync(join(folder, 'model.safetensors'));
  const found = createHash('sha256').update(weights).digest('hex');
  if (found !== sha256) {
    throw new LociError(
      'base-differs',
      `The weights in ${folder} have the SHA-256 ${found}, and the recipe goes on from ${sha256}: name that model in base.model.`,
    );
  }
  for (const file of FILES) copyFileSync(join(folder, file), join(out, file));
  return readModel(out);
}
