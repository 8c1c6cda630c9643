/** Parses and checks the content of `config.json` for architectures. */
import { LociError } from '@loci/core';
import type { z } from 'zod';

/** An error about a `config.json`. @param problem with the key, in words. */
export function configError(file: string, problem: string): LociError {
  return new LociError('model-config', `${file}: ${problem}`, { details: { file } });
}

/**
 * The content of a `config.json` by the schema of an architecture.
 *
 * @param title name of the architecture.
 * @param file name of the file in errors.
 * @throws LociError `model-config` naming the file and the keys; only the `model_type` where that is of another architecture.
 */
export function parseConfigJson<Output>(
  schema: z.ZodType<Output>,
  json: unknown,
  { title, file }: { readonly title: string; readonly file: string },
): Output {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { issues: all } = result.error;
  const kind = all.filter(({ path }) => path[0] === 'model_type');
  const issues = (kind.length > 0 ? kind : all).map(
    ({ path, message }) => `"${path.join('.') || 'the file'}": ${message}`,
  );
  throw configError(file, `not a ${title} config. ${issues.join('; ')}`);
}

/** Whether a relation between keys holds, and the problem where it does not. */
export type ConfigRule = readonly [holds: boolean, problem: string];

/**
 * Checks relations between keys that would otherwise surface as a wrong shape deep inside an engine.
 *
 * @throws LociError `model-config` naming the first that does not hold.
 */
export function checkConfigRules(rules: readonly ConfigRule[], file: string): void {
  const broken = rules.find(([holds]) => !holds);
  if (broken) throw configError(file, broken[1]);
}
