/**
 * Finds the plugin of every part that a config names and parses its options, so that errors come before any part is created.
 */
import { gateComplaints } from '../config/check-gates.ts';
import { formatPath } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import { withLocalPaths } from '../config/local-paths.ts';
import type { LocalPaths } from '../config/local-paths.ts';
import {
  mixedEntries,
  placeOf,
  placeOfBenchmark,
  placeOfMixed,
  placeOfReward,
} from '../config/plugin-places.ts';
import type { PluginPlace } from '../config/plugin-places.ts';
import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import { createFromPlugin, parseOptions } from '../plugin/create-plugin.ts';
import { ThreadStartError } from '../plugin/isolation/handle.ts';
import { isIsolatedByDefault, prepareIsolated } from '../plugin/isolation/plugin.ts';
import type { RewardIsolation } from '../plugin/isolation/plugin.ts';
import { loadPlugin } from '../plugin/load-plugin.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import type {
  Logger,
  MediaPreviewer,
  PartKey,
  PluginContext,
  PluginKind,
  PluginTypes,
} from '../spec/index.ts';
import { PART_KEYS } from '../spec/kinds.ts';

/** The input of `prepareParts`. */
export interface PartsRequest {
  readonly config: RunConfig;
  readonly registry: PluginRegistry;
  readonly origin: ConfigOrigin;
  /** Base of relative paths in the config. */
  readonly baseDirectory: string;
  readonly runDirectory?: string;
  readonly logger: Logger;
  /** How rewards are isolated in threads. */
  readonly isolation?: RewardIsolation;
  /** Paths that replace values of plugin options. */
  readonly localPaths?: LocalPaths;
  /** Renders the media of rollouts. */
  readonly preview?: MediaPreviewer;
  /** Collects functions that end the threads of rewards and close sinks. */
  readonly closers: (() => Promise<void> | void)[];
}

/** A plugin with parsed options, ready to create its part. */
export interface Prepared<Kind extends PluginKind> {
  readonly name: string;
  make(context: PluginContext): Promise<PluginTypes[Kind]>;
}

/** The plugins of a whole config; lists are in the config's order. */
export interface PreparedParts {
  /** Kinds of which a run has one part, by the kind's name. */
  readonly single: { readonly [Key in PartKey]: Prepared<Key> };
  /** The datasets that the run's dataset mixes. */
  readonly mixed: readonly Prepared<'dataset'>[];
  readonly rewards: readonly Prepared<'reward'>[];
  readonly sinks: readonly Prepared<'sink'>[];
  /** Those of `evaluate.benchmarks`. */
  readonly trainingBenchmarks: readonly Prepared<'benchmark'>[];
}

/**
 * Prepares all parts of a config.
 *
 * @throws LociError with every unknown plugin and wrong option of the config, one on each line, with its place and key path.
 */
export async function prepareParts(request: PartsRequest): Promise<PreparedParts> {
  const { config, origin } = request;
  const complaints: LociError[] = [];
  const single: [PartKey, Prepared<PartKey> | undefined][] = [];
  for (const key of PART_KEYS) {
    single.push([key, await prepare(request, placeOf(key, config[key], key), complaints)]);
  }
  const mixed: Prepared<'dataset'>[] = [];
  for (const index of mixedEntries(config).keys()) {
    const dataset = await prepare(request, placeOfMixed(config, index), complaints);
    if (dataset !== undefined) mixed.push(dataset);
  }
  const rewards: Prepared<'reward'>[] = [];
  for (const index of config.rewards.keys()) {
    const reward = await prepareReward(request, index, complaints);
    if (reward === undefined) continue;
    const same = rewards.findIndex(({ name }) => name === reward.name);
    if (same !== -1) complaints.push(duplicateReward(request, [same, index], reward.name));
    rewards.push(reward);
  }
  const trainingBenchmarks: Prepared<'benchmark'>[] = [];
  for (const index of config.evaluate.benchmarks.keys()) {
    const benchmark = await prepare(request, placeOfBenchmark(config, index), complaints);
    if (benchmark !== undefined) trainingBenchmarks.push(benchmark);
  }
  const sinks: Prepared<'sink'>[] = [];
  for (const [index, entry] of config.sinks.entries()) {
    const sink = await prepare(request, placeOf('sink', entry, 'sinks', index), complaints);
    if (sink !== undefined) sinks.push(sink);
  }
  if (complaints.length === 0) {
    const names = rewards.map(({ name }) => name);
    complaints.push(...gateComplaints(config.rewards, names, origin));
  }
  if (complaints.length > 0) {
    for (const close of request.closers.splice(0)) await close();
    throw joined(complaints);
  }
  // Without a complaint every key has a plugin.
  const whole = Object.fromEntries(single) as unknown as PreparedParts['single'];
  return { single: whole, mixed, rewards, sinks, trainingBenchmarks };
}

/** The run's context that every plugin gets. */
export function contextOf(request: PartsRequest): PluginContext {
  const { config, baseDirectory, runDirectory, logger, preview } = request;
  const folder = runDirectory === undefined ? {} : { runDirectory };
  return { seed: config.seed, baseDirectory, logger, ...folder, ...(preview && { preview }) };
}

/** The same reward twice in the list, or two rewards of one name, whose figures could not be told apart. */
function duplicateReward(
  { config, origin }: PartsRequest,
  [first, second]: readonly [number, number],
  name: string,
): LociError {
  const path = ['rewards', second];
  const what =
    config.rewards[first]?.use === config.rewards[second]?.use
      ? `the reward "${name}" is in the list twice; remove one of them`
      : `two rewards of the list are called "${name}"; rename one of them`;
  const message = `${origin.describe(path)}: ${formatPath(path)}: ${what}`;
  return new LociError('duplicate-reward', message);
}

/** A reward in this thread or in one of its own, by its setting `isolate`; by default only rewards from outside are isolated. */
async function prepareReward(
  request: PartsRequest,
  index: number,
  complaints: LociError[],
): Promise<Prepared<'reward'> | undefined> {
  const { config, registry, origin, logger, isolation = {}, closers } = request;
  const place = placeOfReward(config, index);
  const { path, use, optionsPath } = place;
  const options = withLocalPaths(place.options, request.localPaths);
  const { isolate = isIsolatedByDefault(use, request) } = config.rewards[index]!;
  if (!isolate) return prepare(request, place, complaints);
  const { seed, baseDirectory, runDirectory } = contextOf(request);
  const folder = runDirectory === undefined ? {} : { runDirectory };
  const plugin = { reference: use, options, optionsPath, seed, baseDirectory, ...folder };
  try {
    const loaded = await prepareIsolated({ plugin, registry, origin, logger, isolation });
    closers.push(() => loaded.dispose());
    return { name: loaded.name, make: () => loaded.create() };
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    const ownPlace = thrown instanceof ThreadStartError && thrown.stage === 'options';
    complaints.push(ownPlace ? thrown : placed(thrown, [...path, 'use'], origin));
    return undefined;
  }
}

async function prepare<Kind extends PluginKind>(
  { registry, origin, baseDirectory, localPaths }: PartsRequest,
  { kind, path, use, options, optionsPath }: PluginPlace<Kind>,
  complaints: LociError[],
): Promise<Prepared<Kind> | undefined> {
  let finding = true;
  try {
    const plugin = await loadPlugin(kind, use, registry, baseDirectory);
    finding = false;
    const own = withLocalPaths(options, localPaths);
    const parsed = parseOptions(plugin, own, optionsPath, origin);
    return { name: plugin.name, make: (context) => createFromPlugin(plugin, parsed, context) };
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    complaints.push(finding ? placed(thrown, [...path, 'use'], origin) : thrown);
    return undefined;
  }
}

/** The error with its place in the config in front of the message. */
function placed(error: LociError, path: readonly PropertyKey[], origin: ConfigOrigin): LociError {
  const message = `${origin.describe(path)}: ${formatPath(path)}: ${error.message}`;
  return new LociError(error.code, message, { cause: error, details: error.details });
}

function joined(complaints: readonly LociError[]): LociError {
  const [first] = complaints;
  if (first !== undefined && complaints.length === 1) return first;
  return new LociError('config-invalid', complaints.map(({ message }) => message).join('\n'));
}
