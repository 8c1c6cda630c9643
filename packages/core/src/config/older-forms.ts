/**
 * Converts configs of earlier releases. In format version 1, `sampler` and `optimizer` named a plugin (`use: sampler`, `use: adamw`) beside
 * its numbers. There was only one of each, so the name is dropped.
 */
import { isBranch } from './layers.ts';
import type { Override } from './overrides.ts';

/** The plugin names of these sections in version 1. */
const FORMER_NAMES: Readonly<Record<string, string>> = { sampler: 'sampler', optimizer: 'adamw' };

/** Examples of the current form of these sections, for messages. */
const EXAMPLES: Readonly<Record<string, string>> = {
  sampler: 'sampler: { temperature: 1, topP: 0.95 }',
  optimizer: 'optimizer: { learningRate: 1e-6, maxGradNorm: 1 }',
};

/** A setting of an earlier release that cannot be converted. */
export interface FormComplaint {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

/** A layer of a config in the current form, with the settings that could not be converted. */
export interface CurrentForm {
  readonly layer: unknown;
  readonly complaints: readonly FormComplaint[];
}

/**
 * Converts a layer, such as the content of a file, to the current form.
 *
 * @example currentForm({ optimizer: { use: 'adamw', beta1: 0.8 } }).layer // { optimizer: { beta1: 0.8 } }
 */
export function currentForm(layer: unknown): CurrentForm {
  if (!isBranch(layer)) return { layer, complaints: [] };
  const complaints: FormComplaint[] = [];
  const sections = Object.entries(layer).map(([key, value]) => {
    const former = FORMER_NAMES[key];
    if (former === undefined) return [key, value];
    const { use, ...settings } = typeof value === 'string' ? { use: value } : asBranch(value);
    if (use === undefined) return [key, value];
    if (use !== former) complaints.push({ path: [key, 'use'], problem: remedy(key, use) });
    return [key, settings];
  });
  return { layer: Object.fromEntries(sections) as unknown, complaints };
}

/** Converts a `--set` to the current form; its source stays the one that was typed. */
export function currentOverride(
  override: Override,
): Omit<CurrentForm, 'layer'> & { readonly override: Override } {
  const [section, ...rest] = override.path;
  if (section === undefined || !(section in FORMER_NAMES)) return { override, complaints: [] };
  const value = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), override.value);
  const { layer, complaints } = currentForm({ [section]: value });
  return {
    override: { ...override, path: [section], value: asBranch(layer)[section] },
    complaints,
  };
}

function remedy(section: string, use: unknown): string {
  return (
    `${section} holds only numbers and names no plugin; leave ${JSON.stringify(use)} out and write only the numbers, ` +
    `such as ${EXAMPLES[section]!}`
  );
}

function asBranch(value: unknown): Readonly<Record<string, unknown>> {
  return isBranch(value) ? value : {};
}
