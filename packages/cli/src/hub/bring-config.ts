/**
 * References of a config to the hub (`hub:owner/name`): each is pinned to its commit, which the run records, and what it names is brought to this
 * disk. The package of the hub is loaded where a config has such a reference, and nowhere else.
 */
import { readdirSync } from 'node:fs';
import type * as HubPackage from '@loci/hub';
import { LociError, changePlugins } from '@loci/core';
import type { LocalPaths, Logger, PluginKind, PluginPlace, RunConfig } from '@loci/core';
import { formOf, unknownForm } from './dataset-form.ts';

/** How a reference begins. */
export const HUB_PREFIX = 'hub:';

/** Whether something a person wrote names a repository on the hub. */
export function isHubReference(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(HUB_PREFIX);
}

/** A config whose references mean the same for ever, and where their files are. */
export interface BroughtConfig {
  readonly config: RunConfig;
  readonly localPaths: LocalPaths;
}

/** Kinds of parts whose options may name the hub. */
export type HubPart = Extract<PluginKind, 'policy' | 'dataset' | 'benchmark' | 'reward'>;

/** All of them. */
export const HUB_PARTS: readonly HubPart[] = ['policy', 'dataset', 'benchmark', 'reward'];

/** Splits that a benchmark asks; a training reads both of a data set. */
const ASKED_SPLITS: readonly string[] = ['test', 'validation'];
const ALL_SPLITS: readonly string[] = ['train', 'test'];

/**
 * Pins and brings.
 *
 * @param parts Kinds of parts that are used; what others name stays where it is.
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

/** A data set that is not used needs a plugin all the same, to be checked with the rest. */
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
        `${path.join('.')}: ${place.use} names a repository, and no ${kind}: write { use: …, model: ${place.use} }`,
      );
    }
    const reference = parseReference(place.use, 'dataset');
    entry = { ...place.options, ...(await readerOf(reference, { package_, hub })) };
  }
  if (kind === 'policy') entry = await withAdapter(entry, { package_, hub, localPaths });
  const subset = entry['subset'];
  const wish = {
    splits: kind === 'benchmark' ? ASKED_SPLITS : ALL_SPLITS,
    ...(typeof subset === 'string' && { subset }),
  };
  const pinned = new Map<string, string>();
  for (const text of new Set(textsIn(entry).filter(isHubReference))) {
    // The name of a model behind an interface is the server's own.
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

/** The options that read a data set. Where all of it is in archives, these are unpacked to see what is in them. */
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

/** A repository that holds an adapter is put on the model that the adapter was made for. */
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

function textsIn(node: unknown): readonly string[] {
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
