/** Loads a plugin from a file, for tests without a build. */
import { loadPlugin } from '../plugin/load-plugin.ts';
import { PluginRegistry } from '../plugin/registry.ts';
import type { ErasedPlugin, PluginKind } from '../spec/index.ts';

/**
 * Loads a plugin as a config loads it: a TypeScript file needs no build.
 *
 * @param folder that a relative path starts from.
 * @throws LociError `plugin-unreadable`, `plugin-export`.
 * @example const reward = await pluginFrom('reward', './reward.ts', import.meta.dirname);
 */
export async function pluginFrom<Kind extends PluginKind>(
  kind: Kind,
  reference: string,
  folder: string,
): Promise<ErasedPlugin<Kind>> {
  return loadPlugin(kind, reference, new PluginRegistry([]), folder);
}
