/** Writes the settings of an experiment as files for `--config`, in this order: all arms, one arm, an evaluation. */
import { join } from 'node:path';
import { writeFileWhole } from '@loci/core';
import type { Experiment } from './experiment-schema.ts';

/**
 * Writes one file of settings for all arms, each arm and each evaluation.
 *
 * @throws LociError `not-writable`, `disk-full`.
 */
export function writeSettings(
  folder: string,
  { shared, arms, evaluations }: Pick<Experiment, 'shared' | 'arms' | 'evaluations'>,
): void {
  const write = (name: string, settings: Experiment['shared']): void =>
    writeFileWhole(join(folder, `${name}.json`), `${JSON.stringify(settings, undefined, 2)}\n`);
  write('shared', shared);
  for (const [arm, { settings }] of Object.entries(arms)) write(`arm-${arm}`, settings);
  for (const [name, { settings }] of Object.entries(evaluations)) {
    write(`evaluation-${name}`, settings);
  }
}

/** The files for an arm, or for an evaluation of it; later ones override earlier ones. The start model has no settings of its own. */
export function settingsFiles(
  folder: string,
  { arms }: Pick<Experiment, 'arms'>,
  { arm, evaluation }: { readonly arm: string; readonly evaluation?: string },
): readonly string[] {
  return [
    'shared',
    ...(arm in arms ? [`arm-${arm}`] : []),
    ...(evaluation === undefined ? [] : [`evaluation-${evaluation}`]),
  ].map((name) => join(folder, `${name}.json`));
}
