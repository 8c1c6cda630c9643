/** A reward of a config, prepared in a thread of its own instead of in place. */
import type { ConfigOrigin } from '../../config/config-origin.ts';
import { LociError } from '../../errors/loci-error.ts';
import type { Logger } from '../../spec/index.ts';
import { isPath, parseReference, resolvePackage } from '../locate-plugin.ts';
import type { PluginRegistry } from '../registry.ts';
import { ThreadRefusal } from './handle.ts';
import type { IsolatedPlugin } from './messages.ts';
import { withPlaces } from './places.ts';
import { loadIsolated } from './reward.ts';
import type { LoadedReward } from './reward.ts';

/** How the rewards of a run are put into threads. */
export interface RewardIsolation {
  /** Threads a reward may take at most; more than one where its calls must not wait for each other. 1 by default. */
  readonly threads?: number;
  /** Package, or path of a module, in which a thread finds the bundled rewards again. */
  readonly bundledModule?: string;
}

/** Whether a reward runs in a thread of its own when its config does not say: one from outside does, bundled ones do not. */
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

/** What is needed to prepare a reward. */
export interface IsolatedRequest {
  readonly plugin: IsolatedPlugin;
  readonly registry: PluginRegistry;
  readonly origin: ConfigOrigin;
  readonly logger: Logger;
  readonly isolation: RewardIsolation;
}

/**
 * Has a thread load a reward and read its options.
 *
 * @throws ThreadRefusal with `stage` `find` or `options`; LociError `duplicate-plugin`, `cannot-isolate`.
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
      `The reward "${bundled.name}" was given to this run by the program, and no thread can find it; leave isolate out`,
    );
  }
  const reference = bundled ? `${bundledModule!}#${bundled.name}` : plugin.reference;
  const options = { logger, ...(threads !== undefined && { threads }) };
  try {
    const loaded = await loadIsolated({ ...plugin, reference }, options);
    if (bundled === undefined && registry.find('reward', loaded.name) !== undefined) {
      await loaded.dispose();
      const message = `Two reward plugins are called "${loaded.name}"; rename one of them`;
      throw new LociError('duplicate-plugin', message);
    }
    return loaded;
  } catch (thrown) {
    if (!(thrown instanceof ThreadRefusal)) throw thrown;
    if (thrown.code === 'unknown-plugin') registry.get('reward', plugin.reference); // throws, with near names
    throw new ThreadRefusal(thrown.stage, thrown.code, withPlaces(thrown.message, origin));
  }
}
