/** Reads an experiment file and checks its form. */
import { dirname, resolve } from 'node:path';
import { LociError, readConfigFile } from '@loci/core';
import { z } from 'zod';
import { experimentSchema } from './experiment-schema.ts';
import type { Experiment } from './experiment-schema.ts';

/**
 * Reads an experiment file. Paths in `extends` start from the file's folder, as in a config.
 *
 * @throws LociError `config-unreadable`, `config-syntax`; `experiment-invalid` naming each wrong key.
 */
export function readExperiment(file: string): Experiment {
  const content = Object.fromEntries(
    Object.entries(readConfigFile(file).content).filter(([key]) => key !== '$schema'),
  );
  const parsed = experimentSchema.safeParse(content);
  if (!parsed.success) {
    throw new LociError('experiment-invalid', `${file}: ${z.prettifyError(parsed.error)}`);
  }
  const experiment = parsed.data;
  for (const pair of experiment.differences) {
    const unknown = pair.find((arm) => arm !== 'start' && !(arm in experiment.arms));
    if (unknown === undefined) continue;
    throw new LociError(
      'experiment-invalid',
      `${file}: differences: there is no arm "${unknown}"; the arms are start, ${Object.keys(experiment.arms).join(', ')}`,
    );
  }
  const base = dirname(file);
  const placed = (settings: Experiment['shared']) => withPlacedBases(settings, base);
  const placedAll = <Value extends { settings: Experiment['shared'] }>(
    record: Readonly<Record<string, Value>>,
  ) =>
    Object.fromEntries(
      Object.entries(record).map(([key, value]) => [
        key,
        { ...value, settings: placed(value.settings) },
      ]),
    );
  return {
    ...experiment,
    shared: placed(experiment.shared),
    arms: placedAll(experiment.arms),
    evaluations: placedAll(experiment.evaluations),
  };
}

/** The settings with absolute paths in `extends`, since they are stored in another folder. */
function withPlacedBases(settings: Experiment['shared'], base: string): Experiment['shared'] {
  const { extends: bases } = settings;
  if (typeof bases === 'string') return { ...settings, extends: resolve(base, bases) };
  if (!Array.isArray(bases)) return settings;
  return {
    ...settings,
    extends: bases.map((one: unknown) => (typeof one === 'string' ? resolve(base, one) : one)),
  };
}
