/** Prepares a reward of a config in a thread of its own. */
import type { ConfigOrigin } from '../../config/config-origin.ts';
import { LociError } from '../../errors/loci-error.ts';
import type { Logger } from '../../spec/index.ts';
import { isPath, parseReference, resolvePackage } from '../locate-plugin.ts';
import type { PluginRegistry } from '../registry.ts';
import { ThreadStartError } from './handle.ts';
import type { IsolatedPlugin } from './messages.ts';
import { withPlaces } from './places.ts';
import { loadIsolated } from './reward.ts';
import type { LoadedReward } from './reward.ts';

/** How the rewards of a run are isolated in threads. */
export interface RewardIsolation {
  /** Most threads of a reward, 1 by default. Use more when its calls must not wait for each other. */
  readonly threads?: number;
  /** Package, or path of a module, from which a thread loads the bundled rewards. */
  readonly bundledModule?: string;
}

/** Whether a reward runs in a thread when its config does not set `isolate`: rewards from outside do, bundled ones do not. */
export function isIsolatedByDefault(
  use: string,
  {
    registry,
    baseDirectory,
  }: { readonly registry: PluginRegistry; readonly baseDirectory: string },
): boolean {
  if (registry.find('reward', use) !== undefined) return false;
  const { target } = parseReference(use);
  return (
    isPath(target) ||
    [baseDirectory, import.meta.dirname].some(
      (start) => resolvePackage(target, start) !== undefined,
    )
  );
}

/** The input of `prepareIsolated`. */
export interface IsolatedRequest {
  readonly plugin: IsolatedPlugin;
  readonly registry: PluginRegistry;
  readonly origin: ConfigOrigin;
  readonly logger: Logger;
  readonly isolation: RewardIsolation;
}

/**
 * Starts a thread that loads a reward and parses its options.
 *
 * @throws ThreadStartError with `stage` `find` or `options`; LociError `cannot-isolate`.
 */
export async function prepareIsolated({
  plugin,
  registry,
  origin,
  logger,
  isolation: { threads, bundledModule },
}: IsolatedRequest): Promise<LoadedReward> {
  const bundled = registry.find('reward', plugin.reference);
  if (bundled !== undefined && bundledModule === undefined) {
    throw new LociError(
      'cannot-isolate',
      `The program passed the reward "${bundled.name}" to this run as an object, so no thread can load it; leave isolate out`,
    );
  }
  const reference = bundled ? `${bundledModule!}#${bundled.name}` : plugin.reference;
  const options = { logger, ...(threads !== undefined && { threads }) };
  try {
    return await loadIsolated({ ...plugin, reference }, options);
  } catch (thrown) {
    if (!(thrown instanceof ThreadStartError)) throw thrown;
    if (thrown.code === 'unknown-plugin') registry.get('reward', plugin.reference); // throws, with near names
    throw new ThreadStartError(thrown.stage, thrown.code, withPlaces(thrown.message, origin));
  }
}
