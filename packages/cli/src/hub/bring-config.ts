/**
 * Resolves references of a config to the hub (`hub:owner/name`): pins each to its commit, which the run records, and downloads its files.
 * It loads the package of the hub only for a config with such a reference.
 */
import { readdirSync } from 'node:fs';
import type * as HubPackage from '@loci/hub';
import { LociError, changePlugins } from '@loci/core';
import type { LocalPaths, Logger, PluginKind, PluginPlace, RunConfig } from '@loci/core';
import { formOf, unknownForm } from './dataset-form.ts';

/** Start of a reference. */
export const HUB_PREFIX = 'hub:';

/** Whether a typed text names a repository on the hub. */
export function isHubReference(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(HUB_PREFIX);
}

/** A config with pinned references, and the local paths of their files. */
export interface BroughtConfig {
  readonly config: RunConfig;
  readonly localPaths: LocalPaths;
}

/** Kinds of parts whose options may name the hub. */
export type HubPart = Extract<PluginKind, 'policy' | 'dataset' | 'benchmark' | 'reward'>;

/** All of them. */
const HUB_PARTS: readonly HubPart[] = ['policy', 'dataset', 'benchmark', 'reward'];

/** Splits that a benchmark reads. A dataset needs `ALL_SPLITS`. */
const BENCHMARK_SPLITS: readonly string[] = ['test', 'validation'];
const ALL_SPLITS: readonly string[] = ['train', 'test'];

/**
 * Pins the references of a config, and downloads their files.
 *
 * @param parts kinds of parts that are used; references of other parts stay as they are.
 * @throws LociError of the hub, such as `hub-not-found`, `hub-gated`, `disk-full`.
 */
export async function bringConfig(
  config: RunConfig,
  logger: Logger,
  parts: readonly HubPart[] = HUB_PARTS,
): Promise<BroughtConfig> {
  const places = placesIn(config);
  if (places.length === 0) return { config, localPaths: new Map() };
  const used = places.filter(({ kind }) => parts.some((part) => part === kind));
  const changes = new Map<string, Readonly<Record<string, unknown>>>();
  const localPaths = new Map<string, string>();
  if (used.length > 0) {
    const package_ = await import('@loci/hub');
    const hub = package_.Hub.open(logger);
    for (const place of used) {
      changes.set(keyOf(place), await broughtPlace(place, { package_, hub, localPaths }));
    }
  }
  const changed = changePlugins(config, (place) => {
    const { use, ...options } = changes.get(keyOf(place)) ?? withoutName(place);
    return { use: use as string, options };
  });
  return { config: changed, localPaths };
}

/** A reference as a dataset's name, replaced by a plugin: an unused dataset is still checked with the rest of the config. */
function withoutName({ use, options }: PluginPlace): Readonly<Record<string, unknown>> {
  if (!isHubReference(use)) return { use, ...options };
  return { use: 'jsonl', ...options, file: use };
}

function placesIn(config: RunConfig): readonly PluginPlace[] {
  const found: PluginPlace[] = [];
  changePlugins(config, (place) => {
    const { kind, use, options } = place;
    const isMixture = kind === 'dataset' && 'of' in options;
    if (!isMixture && (isHubReference(use) || textsIn(options).some(isHubReference))) {
      found.push(place);
    }
    return { use, options };
  });
  return found;
}

interface Bringing {
  readonly package_: typeof HubPackage;
  readonly hub: HubPackage.Hub;
  readonly localPaths: Map<string, string>;
}

async function broughtPlace(
  place: PluginPlace,
  { package_, hub, localPaths }: Bringing,
): Promise<Readonly<Record<string, unknown>>> {
  const { kind, path } = place;
  const { parseReference } = package_;
  let entry: Readonly<Record<string, unknown>> = { use: place.use, ...place.options };
  if (isHubReference(place.use)) {
    if (kind !== 'dataset') {
      throw new LociError(
        'config-invalid',
        `${path.join('.')}: ${place.use} names a repository, not a ${kind}: write { use: …, model: ${place.use} }`,
      );
    }
    const reference = parseReference(place.use, 'dataset');
    entry = { ...place.options, ...(await readerOf(reference, { package_, hub })) };
  }
  if (kind === 'policy') entry = await withAdapter(entry, { package_, hub, localPaths });
  const subset = entry['subset'];
  const wish = {
    splits: kind === 'benchmark' ? BENCHMARK_SPLITS : ALL_SPLITS,
    ...(typeof subset === 'string' && { subset }),
  };
  const pinned = new Map<string, string>();
  for (const text of new Set(textsIn(entry).filter(isHubReference))) {
    // The name of a model on a server belongs to the server.
    if (kind === 'policy' && entry['use'] === 'openai' && entry['model'] === text) continue;
    const reference = parseReference(
      text,
      kind === 'policy' || kind === 'reward' ? 'model' : 'dataset',
    );
    const brought =
      reference.kind === 'model'
        ? await hub.model(reference)
        : await hub.data(reference, wish, kind === 'benchmark');
    pinned.set(text, brought.pinned);
    localPaths.set(brought.pinned, brought.path);
  }
  return replaced(entry, pinned) as Readonly<Record<string, unknown>>;
}

/** The options that read a dataset. Where it consists of archives, they are unpacked to find its form. */
async function readerOf(
  reference: HubPackage.HubReference,
  { package_, hub }: Pick<Bringing, 'package_' | 'hub'>,
): Promise<Readonly<Record<string, string>>> {
  const { archivesIn, formatReference } = package_;
  const files = (await hub.repository(reference)).files.map(({ path }) => path);
  const byNames = formOf(reference, files, formatReference);
  if (byNames !== undefined) return byNames;
  if (reference.path !== '' || archivesIn(files).length === 0) throw unknownForm(reference, files);
  const { path } = await hub.data(reference, { splits: ALL_SPLITS });
  // Records in an archive have no path in the repository: only a whole folder can be named.
  const form = formOf(reference, readdirSync(path), formatReference);
  if (form?.['folder'] === undefined) throw unknownForm(reference, files, path);
  return form;
}

/** The entry of a policy; a repository with an adapter becomes the base model of the adapter, with the adapter on it. */
async function withAdapter(
  entry: Readonly<Record<string, unknown>>,
  { package_, hub }: Bringing,
): Promise<Readonly<Record<string, unknown>>> {
  const { model } = entry;
  if (!isHubReference(model) || entry['use'] === 'openai') return entry;
  const base = await hub.adapterBase(package_.parseReference(model, 'model'));
  return base === undefined ? entry : { ...entry, model: base, lora: { adapter: model } };
}

function keyOf({ path }: PluginPlace): string {
  return path.join('.');
}

/** Every string inside a value. */
export function textsIn(node: unknown): readonly string[] {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(textsIn) : [];
}

function replaced(node: unknown, texts: ReadonlyMap<string, string>): unknown {
  if (typeof node === 'string') return texts.get(node) ?? node;
  if (Array.isArray(node)) return node.map((one) => replaced(one, texts));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, replaced(value, texts)]),
  );
}
