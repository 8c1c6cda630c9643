/** What readers of scene files share: JSON of a certain outer form, and scenes that are told apart one by one. */
import { readFile } from 'node:fs/promises';
import { LociError, messageOf, type DatasetProblem } from '@loci/core';
import type { ZodType } from 'zod';
import { z } from 'zod';
import type { AnnotatedScene, ReadScenes } from './annotated-scene.ts';

/**
 * Reads a JSON file whose outer form is known.
 *
 * @param form In words, for the message.
 * @throws LociError `scenes-unreadable`.
 */
export async function readSceneFile<Value>(
  path: string,
  schema: ZodType<Value>,
  form: string,
): Promise<Value> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new LociError(
      'scenes-unreadable',
      `${path} is no file of scenes (${form}): ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Makes scenes of values one by one; what `make` throws is the problem of that scene alone. */
export function collectScenes(
  path: string,
  values: Iterable<readonly [name: string, value: unknown]>,
  make: (value: unknown, name: string) => AnnotatedScene,
): ReadScenes {
  const scenes: AnnotatedScene[] = [];
  const problems: DatasetProblem[] = [];
  for (const [name, value] of values) {
    try {
      scenes.push(make(value, name));
    } catch (error) {
      problems.push({ file: path, reason: `scene ${name}: ${reasonOf(error)}` });
    }
  }
  return { scenes, problems };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
