import { describeIssues } from '../config/describe-issues.ts';
import { PROGRAM_ORIGIN } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import { LociError, messageOf } from '../errors/loci-error.ts';
import type { ErasedPlugin, PluginContext, PluginKind, PluginTypes } from '../spec/index.ts';

/**
 * Parses a plugin's options with its own zod schema.
 *
 * @param path Key path of the options within the config, for the message.
 * @throws LociError `config-invalid`, naming the place and the key path of every wrong option.
 */
export function parseOptions(
  plugin: ErasedPlugin<PluginKind>,
  options: unknown,
  path: readonly PropertyKey[] = [],
  origin: ConfigOrigin = PROGRAM_ORIGIN,
): unknown {
  const parsed = plugin.options.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new LociError(
    'config-invalid',
    describeIssues(parsed.error.issues, path, origin, plugin.options),
  );
}

/**
 * Creates a plugin's part from options that `parseOptions` returned. Plain errors of the plugin are wrapped here, once, with its kind and
 * name.
 *
 * @throws LociError `plugin-failed`, or the plugin's own LociError.
 */
export async function createFromPlugin<Kind extends PluginKind>(
  plugin: ErasedPlugin<Kind>,
  parsedOptions: unknown,
  context: PluginContext,
): Promise<PluginTypes[Kind]> {
  try {
    return await plugin.create(parsedOptions as never, context);
  } catch (thrown) {
    if (LociError.is(thrown)) throw thrown;
    throw new LociError(
      'plugin-failed',
      `The ${plugin.kind} plugin "${plugin.name}" could not be made: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}
