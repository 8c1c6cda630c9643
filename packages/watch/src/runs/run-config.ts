/** Reads the parts of a stored config that the page needs, whichever release wrote it, and compares two configs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertSettings } from '@loci/core';
import type { AlertOptions } from '@loci/core';
import { parse } from 'yaml';
import type { EntryView } from '../wire/wire.ts';

/** A stored config. */
export interface StoredConfig {
  readonly text: string;
  readonly steps: number;
  readonly alerts: AlertOptions;
}

/** The config of a run folder; an empty one where it holds none, or an unreadable one. */
export function readStoredConfig(folder: string): StoredConfig {
  const path = join(folder, 'config.yaml');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const { steps, promptsPerStep, alerts } = yamlObject(text);
  const thresholds = alerts === false ? false : alertSettings.safeParse(alerts ?? {}).data;
  return {
    text,
    steps: typeof steps === 'number' ? steps : 0,
    alerts: {
      promptsPerStep: typeof promptsPerStep === 'number' ? promptsPerStep : 1,
      alerts: thresholds,
    },
  };
}

/** The entries that differ between two configs, by their path; entries of lists are numbered from 0. */
export function configDifferences(first: string, second: string): readonly EntryView[] {
  const [one, two] = [entriesOf(yamlObject(first)), entriesOf(yamlObject(second))];
  return [...new Set([...one.keys(), ...two.keys()])]
    .filter((entry) => one.get(entry) !== two.get(entry))
    .map((entry) => ({ entry, first: one.get(entry) ?? null, second: two.get(entry) ?? null }));
}

function entriesOf(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return new Map(
      path === '' ? [] : [[path, typeof value === 'string' ? value : JSON.stringify(value)]],
    );
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...entriesOf(inner, path === '' ? key : `${path}.${key}`),
    ]),
  );
}

function yamlObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {};
  }
}
