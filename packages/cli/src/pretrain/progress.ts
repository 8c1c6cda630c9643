/** Saves the state of a pretraining beside its model, so that it can continue after a stop. A finished pretraining removes it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnnxPolicy } from '@loci/backends';
import { LociError, messageOf } from '@loci/core';
import type { PretrainRecipe } from './recipe.ts';

/** A saved state. */
export interface Progress {
  /** Finished steps of the drills' own phase. The vision pretraining ends before the first state is saved. */
  readonly drilled: number;
  /** Finished steps of imitation. */
  readonly imitated: number;
  /** Lines of the metrics so far. */
  readonly metrics: string;
}

const STATE = 'progress.json';

/** Folder with the state of the model in `out`. */
export function progressFolder(out: string): string {
  return `${out}.progress`;
}

/** Saves a state: weights, the optimizer's moments, and the progress. */
export async function keepProgress(
  out: string,
  policy: OnnxPolicy,
  recipe: PretrainRecipe,
  progress: Progress,
): Promise<void> {
  const folder = progressFolder(out);
  rmSync(join(folder, STATE), { force: true });
  await policy.save(folder, { optimizer: true });
  writeFileSync(join(folder, STATE), JSON.stringify({ recipe, ...progress }));
}

/**
 * The state of an earlier pretraining with the same recipe; undefined where there is none.
 *
 * @throws LociError `recipe-differs` when it belongs to another recipe, `progress-unreadable` when it cannot be read.
 */
export function readProgress(out: string, recipe: PretrainRecipe): Progress | undefined {
  const file = join(progressFolder(out), STATE);
  if (!existsSync(file)) return undefined;
  const kept = parse(file);
  if (JSON.stringify(kept.recipe) === JSON.stringify(recipe)) return kept;
  throw new LociError(
    'recipe-differs',
    `${progressFolder(out)} has the state of another recipe: remove it to start again, or name another folder with --out.`,
  );
}

function parse(file: string): Progress & { readonly recipe: unknown } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Progress & { readonly recipe: unknown };
  } catch (thrown) {
    throw new LociError(
      'progress-unreadable',
      `Cannot read ${file}: ${messageOf(thrown)}. Remove the folder to start again.`,
      { cause: thrown },
    );
  }
}

/** Removes the state of a finished model. */
export function dropProgress(out: string): void {
  rmSync(progressFolder(out), { recursive: true, force: true });
}
