/**
 * The engines, which need not be installed: serving rewards, scoring, checking data and evaluating a model behind a server work
 * without them. Nothing else in this package imports `@loci/backends` before it has been found here.
 */
import type * as Backends from '@loci/backends';
import { LociError } from '@loci/core';
import type { AnyPlugin, ErasedPlugin } from '@loci/core';
import { z } from 'zod';

/** The package of the engines. */
const PACKAGE = '@loci/backends';

/** The policies that the package brings. */
const POLICIES: readonly string[] = ['onnx', 'tfjs'];

/**
 * The policies of the engines. Where their package is not installed, each is a stand-in that takes any options and cannot be
 * created, so that a config which names it still serves every command that asks no policy.
 */
export async function enginePlugins(
  load: () => Promise<{ readonly plugins: readonly AnyPlugin[] }> = () =>
    import('@loci/backends/plugins'),
): Promise<readonly AnyPlugin[]> {
  try {
    return (await load()).plugins;
  } catch (thrown) {
    if (!isNotInstalled(thrown)) throw thrown;
    return POLICIES.map(standIn);
  }
}

/**
 * Loads the package for a command that works on models itself.
 *
 * @param what the command does, as in `Merging an adapter`.
 * @throws LociError `engine-unavailable` with the command that installs it.
 */
export async function loadBackends(
  what: string,
  load: () => Promise<typeof Backends> = () => import('@loci/backends'),
): Promise<typeof Backends> {
  try {
    return await load();
  } catch (thrown) {
    throw isNotInstalled(thrown) ? notInstalled(what) : thrown;
  }
}

/** Not so for a package that is installed and lacks something itself: that error names what is missing. */
function isNotInstalled(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false;
  const { code, message } = thrown;
  return code === 'ERR_MODULE_NOT_FOUND' && message.startsWith(`Cannot find package '${PACKAGE}'`);
}

function notInstalled(what: string): LociError {
  return new LociError(
    'engine-unavailable',
    `${what} needs the package ${PACKAGE}, which is not installed: npm install ${PACKAGE}`,
  );
}

function standIn(name: string): ErasedPlugin<'policy'> {
  return {
    kind: 'policy',
    name,
    description: `An engine of ${PACKAGE}, which is not installed: npm install ${PACKAGE}`,
    options: z.looseObject({}),
    create: () => {
      throw notInstalled(`The policy "${name}"`);
    },
  };
}
