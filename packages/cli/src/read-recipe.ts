/** Reads recipes: JSON files in which every key is optional, overridden by keys from the command line. */
import { readFileSync } from 'node:fs';
import { applyOverride, describeIssues, LociError, messageOf, parseOverride } from '@loci/core';
import type { ConfigOrigin } from '@loci/core';
import type { z } from 'zod';
import type { Io } from './io.ts';
import { resolveUserPath } from './paths.ts';

/** Sources of the values of a recipe; later ones win. */
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
  const origin: ConfigOrigin = {
    describe(path) {
      const setting = overrides.findLast((override) =>
        override.path.every((key, index) => index >= path.length || key === String(path[index])),
      );
      return setting ? `--set ${setting.source}` : (file ?? 'the recipe');
    },
    directoryOf: () => undefined,
  };
  throw new LociError('recipe-invalid', describeIssues(parsed.error.issues, [], origin, schema));
}

function readJson(typed: string, io: Pick<Io, 'userDirectory'>): unknown {
  const path = resolveUserPath(typed, io.userDirectory);
  try {
    return withoutSchema(JSON.parse(readFileSync(path, 'utf8')));
  } catch (thrown) {
    throw new LociError(
      'recipe-unreadable',
      `Cannot read the recipe ${path}: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

/** Removes `$schema`, which names the schema for editors and is not a key of a recipe. */
function withoutSchema(recipe: unknown): unknown {
  if (typeof recipe !== 'object' || recipe === null || !('$schema' in recipe)) return recipe;
  const { $schema: schema, ...keys } = recipe;
  return typeof schema === 'string' ? keys : recipe;
}
