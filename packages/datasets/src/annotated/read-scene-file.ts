/** What readers of scene files share: JSON of a certain outer form, and scenes that are told apart one by one. */
import { readFile } from 'node:fs/promises';
import { LociError, isWithinFolder, messageOf, type DatasetProblem } from '@loci/core';
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
    return schema.parse(JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/u, '')));
  } catch (error) {
    throw new LociError(
      'scenes-unreadable',
      `${path} is no file of scenes (${form}): ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

/** How a file of scenes is read. */
export interface SceneFileOptions {
  /** Scenes may name videos outside of the folder; by default that is a problem of the scene. */
  readonly allowOutside?: boolean | undefined;
}

/** @throws Error when a video lies outside of its folder, as its path is written. */
export function checkWithin(folder: string, video: string): void {
  if (isWithinFolder(folder, video)) return;
  throw new Error(
    `its video ${video} lies outside of ${folder}; --allow-outside reads it all the same`,
  );
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
      const scene = make(value, name);
      checkLengths(scene);
      scenes.push(scene);
    } catch (error) {
      problems.push({ file: path, reason: `scene ${name}: ${reasonOf(error)}` });
    }
  }
  return { scenes, problems };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}

/** Half of the things in a room are not as large as a house, nor as small as a button: other lengths are no metres. */
const PLAUSIBLE_M = [0.02, 10] as const;

/** @throws Error when the middle one of the things, by their longest side, is of no size that things in rooms have. */
function checkLengths({ objects }: AnnotatedScene): void {
  const sides = objects.map(({ box }) => 2 * Math.max(...box.half)).sort((a, b) => a - b);
  const middle = sides[sides.length >> 1];
  if (middle === undefined || (middle >= PLAUSIBLE_M[0] && middle <= PLAUSIBLE_M[1])) return;
  throw new Error(
    `half of its boxes are ${middle > 1 ? 'longer' : 'shorter'} than ${Number(middle.toPrecision(3))}: lengths are in metres`,
  );
}
