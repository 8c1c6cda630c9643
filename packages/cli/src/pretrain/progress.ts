/** Where a pretraining stands, kept beside its model so that it goes on after a stop. It is gone when the model is finished. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnnxPolicy } from '@loci/backends';
import { LociError, messageOf } from '@loci/core';
import type { PretrainRecipe } from './recipe.ts';

/** A state to go on from. */
export interface Progress {
  /** Steps of the drills' own phase done; the warm-up is done before the first state is kept. */
  readonly drilled: number;
  /** Steps of imitation done. */
  readonly imitated: number;
  /** Lines of the metrics up to there. */
  readonly metrics: string;
}

const STATE = 'progress.json';

/** Folder that the state of the model in `out` is kept in. */
export function progressFolder(out: string): string {
  return `${out}.progress`;
}

/** Keeps a state: weights, the optimizer's moments, and what `Progress` says. */
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
 * The state that an earlier pretraining of the same recipe left; undefined where there is none.
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
    `${progressFolder(out)} holds the state of another recipe; remove it to begin anew, or name another folder with --out.`,
  );
}

function parse(file: string): Progress & { readonly recipe: unknown } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Progress & { readonly recipe: unknown };
  } catch (thrown) {
    throw new LociError(
      'progress-unreadable',
      `Cannot read ${file}: ${messageOf(thrown)}. Remove the folder to begin anew.`,
      { cause: thrown },
    );
  }
}

/** Drops the state of a finished model. */
export function dropProgress(out: string): void {
  rmSync(progressFolder(out), { recursive: true, force: true });
}
