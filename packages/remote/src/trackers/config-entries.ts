/** Turns a stored config into flat entries, as trackers show it. */
import { storedSettings } from '@loci/core';

/** Entries such as `objective.klWeight` with its value; a list becomes JSON. An unreadable text has none. */
export function configEntries(
  text: string,
): readonly (readonly [key: string, value: string | number | boolean])[] {
  try {
    return flat(storedSettings(text, 'config.yaml'), '');
  } catch {
    return [];
  }
}

function flat(value: unknown, path: string): ReturnType<typeof configEntries> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return [[path, value]];
  }
  if (Array.isArray(value)) return [[path, JSON.stringify(value)]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    flat(one, path === '' ? key : `${path}.${key}`),
  );
}
