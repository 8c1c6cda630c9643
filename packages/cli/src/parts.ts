/**
 * Loads the optional packages: engines, models behind a server, and the live page. Serving rewards, scoring, checking data and validating
 * work without them. Other modules of this package import them only after this one has found them.
 */
import type * as Backends from '@loci/backends';
import { LociError, installText } from '@loci/core';
import type { AnyPlugin, ErasedPlugin } from '@loci/core';
import type * as Watch from '@loci/watch';
import { z } from 'zod';

/** Loads a package of policies. */
type Policies = () => Promise<{ readonly plugins: readonly AnyPlugin[] }>;

const BACKENDS = '@loci/backends';
const REMOTE = '@loci/remote';
const WATCH = '@loci/watch';

/**
 * The policies of the engines. Where their package is not installed, each is a stand-in that accepts any options and fails when created.
 * A config that names it still works in every command that needs no policy.
 */
export async function enginePlugins(
  load: Policies = () => import('@loci/backends/plugins'),
): Promise<readonly AnyPlugin[]> {
  return policiesOf(BACKENDS, ['onnx', 'tfjs'], load);
}

/** The policies of models behind a server, or stand-ins like those of the engines. */
export async function remotePlugins(
  load: Policies = () => import('@loci/remote'),
): Promise<readonly AnyPlugin[]> {
  return policiesOf(REMOTE, ['openai'], load);
}

/**
 * Loads the engines for a command that works on models.
 *
 * @param what names the work in the error, such as `Merging an adapter`.
 * @throws LociError `engine-unavailable` with what to install.
 */
export async function loadBackends(
  what: string,
  load: () => Promise<typeof Backends> = () => import('@loci/backends'),
): Promise<typeof Backends> {
  try {
    return await load();
  } catch (thrown) {
    throw isNotInstalled(BACKENDS, thrown) ? notInstalled(BACKENDS, what) : thrown;
  }
}

/**
 * Loads the live page.
 *
 * @throws LociError `part-missing` with what to install.
 */
export async function loadWatch(
  load: () => Promise<typeof Watch> = () => import('@loci/watch'),
): Promise<typeof Watch> {
  try {
    return await load();
  } catch (thrown) {
    if (!isNotInstalled(WATCH, thrown)) throw thrown;
    throw notInstalled(WATCH, 'The live page', 'part-missing');
  }
}

async function policiesOf(
  name: string,
  policies: readonly string[],
  load: Policies,
): Promise<readonly AnyPlugin[]> {
  try {
    return (await load()).plugins;
  } catch (thrown) {
    if (!isNotInstalled(name, thrown)) throw thrown;
    return policies.map((policy) => standIn(name, policy));
  }
}

/** Whether a package is missing. An installed package that lacks a dependency has an error of its own, which names it. */
function isNotInstalled(name: string, thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false;
  const { code, message } = thrown;
  return code === 'ERR_MODULE_NOT_FOUND' && message.startsWith(`Cannot find package '${name}'`);
}

function notInstalled(name: string, what: string, code = 'engine-unavailable'): LociError {
  const help = installText(name);
  return new LociError(code, `${what} needs the package ${name}, which is not installed: ${help}`);
}

function standIn(name: string, policy: string): ErasedPlugin<'policy'> {
  return {
    kind: 'policy',
    name: policy,
    description: `A policy of ${name}, which is not installed: ${installText(name)}`,
    options: z.looseObject({}),
    create: () => {
      throw notInstalled(name, `The policy "${policy}"`);
    },
  };
}
