/** What readers of all engines do alike: lines of JSON, figures by Loci's names, and folders of checkpoints. */
import { readdir } from 'node:fs/promises';
import type { StepFigures } from './job.ts';

/** The object in a line of JSON; undefined for half a line, and for anything else. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null && !Array.isArray(line)
      ? (line as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The finite numbers among what an engine logged.
 *
 * @param names Loci's names of figures that mean the same; all others are `<engine>/<name>`.
 */
export function figuresNamed(
  logged: Iterable<readonly [string, unknown]>,
  names: Readonly<Record<string, string>>,
  engine: string,
): StepFigures['values'] {
  return Object.fromEntries(
    [...logged].flatMap(([name, value]) =>
      typeof value === 'number' && Number.isFinite(value)
        ? [[names[name] ?? `${engine}/${name}`, value] as const]
        : [],
    ),
  );
}

/**
 * The steps of the checkpoint folders below a folder, newest first; none where it is not there.
 *
 * @param name has the step of a folder as its first group.
 */
export async function checkpointSteps(
  checkpoints: string,
  name: RegExp,
): Promise<readonly number[]> {
  return (await filesIn(checkpoints))
    .flatMap((folder) => name.exec(folder)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/** Names in a folder; none where it is not there. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
