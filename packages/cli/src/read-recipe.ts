/** Reads recipes: JSON files of which every key may be left out, with keys set on the command line over them. */
import { readFileSync } from 'node:fs';
import { applyOverride, LociError, messageOf, parseOverride } from '@loci/core';
import { z } from 'zod';
import type { Io } from './io.ts';
import { resolveUserPath } from './paths.ts';

/** Where the values of a recipe come from; later ones win. */
export interface RecipeSource {
  readonly file: string | undefined;
  /** `a.b=c`, the values in YAML. */
  readonly set?: readonly string[];
  readonly seed: number | undefined;
}

/**
 * The recipe that the flags describe.
 *
 * @throws LociError `recipe-unreadable`, `config-override`, or `recipe-invalid` naming every wrong key.
 */
export function readRecipe<Recipe>(
  schema: z.ZodType<Recipe>,
  { file, set = [], seed }: RecipeSource,
  io: Pick<Io, 'userDirectory'>,
): Recipe {
  const short = seed === undefined ? [] : [`seed=${seed}`];
  const overrides = [...set, ...short].map(parseOverride);
  const recipe = overrides.reduce<unknown>(
    (value, override) => applyOverride(value, override),
    file === undefined ? {} : readJson(file, io),
  );
  const parsed = schema.safeParse(recipe);
  if (parsed.success) return parsed.data;
  const where = [...(file === undefined ? [] : [file]), ...set.map((text) => `--set ${text}`)];
  throw new LociError('recipe-invalid', `${where.join(', ')}:\n${z.prettifyError(parsed.error)}`);
}

function readJson(typed: string, io: Pick<Io, 'userDirectory'>): unknown {
  const path = resolveUserPath(typed, io.userDirectory);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new LociError(
      'recipe-unreadable',
      `Cannot read the recipe ${path}: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}
