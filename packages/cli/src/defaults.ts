/** The default config of the command line: core's defaults, with the bundled start model. */
import { DEFAULT_RUN, readConfig } from '@loci/core';
import type { LoadedConfig, RunConfig } from '@loci/core';
import { z } from 'zod';
import { BUNDLED_START_MODEL } from './assets.ts';
import { bundledPlugins } from './compose.ts';
import type { Io } from './io.ts';
import { resolveUserPath } from './paths.ts';
import { overStored, readStoredConfig } from './resumed-run.ts';

/** The defaults of every command that takes a config. */
export const DEFAULTS: RunConfig = {
  ...DEFAULT_RUN,
  policy: { ...DEFAULT_RUN.policy, model: BUNDLED_START_MODEL },
};

/** Policies whose `model` is a name on a server, not a folder. */
const SERVER_POLICIES: readonly string[] = ['openai'];

/** Options that two bundled policies share, so that a run that changes engines keeps its model. A policy on a server shares none with a local one. */
export function sharedByPolicies(before: string, after: string): readonly string[] {
  if (SERVER_POLICIES.includes(before) !== SERVER_POLICIES.includes(after)) return [];
  const keysOf = (name: string): readonly string[] => {
    const policy = bundledPlugins.find(
      (plugin) => plugin.kind === 'policy' && plugin.name === name,
    );
    return policy?.options instanceof z.ZodObject ? Object.keys(policy.options.shape) : [];
  };
  const kept = new Set(keysOf(after));
  return keysOf(before).filter((key) => kept.has(key));
}

/** Flags that change the config. */
export interface ConfigSource {
  /** One file or several, later ones over earlier ones. */
  readonly config?: string | readonly string[];
  /** `a.b=c`, later ones win. */
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly steps?: number;
  /** The stored config of a resumed run. It replaces the defaults. */
  readonly stored?: string;
}

/**
 * The config that the flags describe: the defaults or a resumed run's own config, `--config` over them, `--set` over that, the short
 * flags last.
 *
 * @param io holds the folder that relative paths start from; the working directory when absent.
 * @throws LociError `config-damaged`, `config-unreadable`, `config-syntax`, `config-override` or `config-invalid`.
 */
export function readRunConfig(
  flags: ConfigSource,
  io: Pick<Io, 'userDirectory'> = { userDirectory: process.cwd() },
): LoadedConfig {
  const short = (['seed', 'steps'] as const).flatMap((key) =>
    flags[key] === undefined ? [] : [`${key}=${flags[key]}`],
  );
  const stored = flags.stored === undefined ? undefined : readStoredConfig(flags.stored);
  const now = readConfig({
    file: [flags.config ?? []].flat().map((path) => resolveUserPath(path, io.userDirectory)),
    set: [...(flags.set ?? []), ...short],
    defaults: stored?.config ?? DEFAULTS,
    shared: sharedByPolicies,
  });
  return stored === undefined ? now : overStored(now, stored);
}
