/** Helpers of the readers of scene files: the outer form of the JSON, and one fault per scene. */
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

/** Options for reading a file of scenes. */
export interface SceneFileOptions {
  /** Whether scenes may name videos outside of the folder; by default such a scene is a problem. */
  readonly allowOutside?: boolean | undefined;
}

/** @throws Error when a video lies outside of its folder, as its path is written. */
export function checkWithin(folder: string, video: string): void {
  if (isWithinFolder(folder, video)) return;
  throw new Error(`its video ${video} lies outside of ${folder}; --allow-outside reads it anyway`);
}

/** Makes scenes of values one by one. An error of `make` becomes the problem of that scene alone. */
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

/** The median object of a room is neither as large as a house nor as small as a button: other lengths are not in meters. */
const PLAUSIBLE_M = [0.02, 10] as const;

/** @throws Error when the median longest side of the objects is implausible for a room. */
function checkLengths({ objects }: AnnotatedScene): void {
  const sides = objects.map(({ box }) => 2 * Math.max(...box.half)).sort((a, b) => a - b);
  const middle = sides[sides.length >> 1];
  if (middle === undefined || (middle >= PLAUSIBLE_M[0] && middle <= PLAUSIBLE_M[1])) return;
  throw new Error(
    `half of its boxes are ${middle > 1 ? 'longer' : 'shorter'} than ${Number(middle.toPrecision(3))}: lengths are in meters`,
  );
}
