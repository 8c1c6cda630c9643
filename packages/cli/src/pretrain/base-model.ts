/** Copies the model that a pretraining starts from, in place of a fresh one and its vision pretraining. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint, readModel, writeCheckpoint, type Model } from '@loci/backends';
import { LociError } from '@loci/core';
import type { Base } from './recipe.ts';

const WEIGHTS = 'model.safetensors';

/** Files of a model folder, without the records of its own pretraining. */
const FILES = [
  'config.json',
  'generation_config.json',
  WEIGHTS,
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;

/**
 * Copies a model folder, weights included; where the base names another model for its vision tower, the tower's weights are those.
 *
 * @param resolve turns a path of the recipe into one of this machine.
 * @throws LociError `base-differs` where weights have another hash or the tower another shape, `base-missing` where a file is missing.
 */
export async function copyBaseModel(
  base: Base,
  resolve: (path: string) => string,
  out: string,
): Promise<Model> {
  const folder = resolve(base.model);
  for (const file of FILES) {
    if (existsSync(join(folder, file))) continue;
    throw new LociError(
      'base-missing',
      `${folder}, the base model of the recipe, has no ${file}: name a whole model folder in base.model.`,
    );
  }
  checkHash(folder, base.sha256, 'base.model');
  for (const file of FILES) copyFileSync(join(folder, file), join(out, file));
  const model = await readModel(out);
  const { vision } = base;
  if (vision !== undefined) {
    const tower = resolve(vision.model);
    if (!existsSync(join(tower, WEIGHTS))) {
      throw new LociError(
        'base-missing',
        `${tower}, whose vision tower the recipe wants, has no ${WEIGHTS}: name a model folder in base.vision.model.`,
      );
    }
    checkHash(tower, vision.sha256, 'base.vision.model');
    await replaceTower(model, tower, out);
  }
  return model;
}

function checkHash(folder: string, sha256: string, key: string): void {
  const weights = readFileSync(join(folder, WEIGHTS));
  const found = createHash('sha256').update(weights).digest('hex');
  if (found === sha256) return;
  throw new LociError(
    'base-differs',
    `The weights in ${folder} have the SHA-256 ${found}, but the recipe starts from ${sha256}: name that model in ${key}.`,
  );
}

/** Writes the weights in `out` again, those of the vision tower from another folder. */
async function replaceTower({ parameters }: Model, tower: string, out: string): Promise<void> {
  const [own, other] = [await openCheckpoint(out), await openCheckpoint(tower)];
  try {
    const tensors = [];
    for (const [name, { shape }] of own.entries) {
      const isTower = parameters.isVision(name);
      const given = other.entries.get(name)?.shape;
      if (isTower && String(given) !== String(shape)) {
        throw new LociError(
          'base-differs',
          `The vision tower in ${tower} has ${given === undefined ? `no "${name}"` : `"${name}" of shape [${given.join(', ')}]`}, and the base model one of shape [${shape.join(', ')}]: name a model of the same shape in base.vision.model.`,
        );
      }
      const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
      await (isTower ? other : own).readFloats(name, data);
      tensors.push({ name, shape, data });
    }
    await writeCheckpoint(join(out, WEIGHTS), tensors);
  } finally {
    await own.close();
    await other.close();
  }
}
