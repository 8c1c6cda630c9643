/** Composes a run: finds its plugins, and creates its parts on first use. */
import { PROGRAM_ORIGIN } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { LocalPaths } from '../config/local-paths.ts';
import { rememberRecordedParts } from '../config/recorded-config.ts';
import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import { sinkPlugins } from '../metrics/sink-plugins.ts';
import type { RewardIsolation } from '../plugin/isolation/plugin.ts';
import { locatePlugins } from '../plugin/locate-plugin.ts';
import { PluginRegistry } from '../plugin/registry.ts';
import type { AnyPlugin, Logger, MediaPreviewer, Policy } from '../spec/index.ts';
import { mix } from '../mix/mix.ts';
import { algorithmPlugins } from '../train/algorithm/algorithm-plugins.ts';
import { RunStore } from '../train/run-folder/run-store.ts';
import { localTrainer } from './local-trainer.ts';
import { contextOf, prepareParts } from './prepare-parts.ts';
import type { PartsRequest, PreparedParts } from './prepare-parts.ts';
import { lazyParts } from './run-parts.ts';
import type { Run, TrainerOptions } from './run.ts';

/** The input of `createRun`. */
export interface CreateRunOptions {
  readonly config: RunConfig;
  /** Plugins that a bare name finds, beside `corePlugins`, which every run has. */
  readonly plugins: readonly AnyPlugin[];
  /** Where the config came from, for messages. */
  readonly origin?: ConfigOrigin;
  /** Base of relative paths. The path of a plugin in a config file starts at the file's folder instead. */
  readonly baseDirectory: string;
  /** Folder of the run; needed for training. */
  readonly runDirectory?: string;
  readonly logger: Logger;
  /** How rewards are isolated in threads. */
  readonly isolation?: RewardIsolation;
  /** Paths that replace values of plugin options; records keep the values. */
  readonly localPaths?: LocalPaths;
  /** The command as typed, for the history of the run. */
  readonly command?: string;
  /** Renders the media of rollouts, for sinks that send pictures. */
  readonly preview?: MediaPreviewer;
}

/** The plugins in core: the algorithm's parts, the metric sinks, the mixed dataset and the trainer. */
export const corePlugins: readonly AnyPlugin[] = [
  ...algorithmPlugins,
  ...sinkPlugins,
  mix,
  localTrainer,
];

/**
 * Finds every plugin and checks every option of a config, without creating any part.
 *
 * @throws LociError `unknown-plugin`, `config-invalid` and others, each naming its place in the config.
 * @example
 * const run = await createRun({ config, origin, plugins, baseDirectory, runDirectory, logger });
 * const trainer = await run.trainer();
 * trainer.events$.subscribe(print);
 * await trainer.run();
 * await run.dispose();
 */
export async function createRun(options: CreateRunOptions): Promise<Run> {
  const { plugins, origin = PROGRAM_ORIGIN, baseDirectory, command, ...rest } = options;
  const registry = new PluginRegistry([...corePlugins, ...plugins]);
  const config = locatePlugins(options.config, { registry, origin, baseDirectory });
  rememberRecordedParts(config, origin);
  const request = { ...rest, config, registry, origin, baseDirectory, closers: [] };
  return composed(request, await prepareParts(request), command);
}

function composed(request: PartsRequest, prepared: PreparedParts, command?: string): Run {
  const { baseDirectory, closers, config, logger, origin, runDirectory } = request;
  const made = lazyParts(request, prepared);
  let loading: Promise<Policy> | undefined;
  let store: RunStore | undefined;
  const parts = { ...made, policy: () => (loading = made.policy()) };

  return {
    config,
    policy: parts.policy,
    dataset: parts.dataset,
    prompt: parts.prompt,
    benchmark: parts.benchmark,
    rewards: parts.rewards,
    sinks: parts.sinks,
    sampler: () => parts.sampler,

    async trainer({ resume = false }: TrainerOptions = {}) {
      if (runDirectory === undefined) {
        throw new LociError(
          'no-run-directory',
          'Training needs a run folder; pass runDirectory to createRun',
        );
      }
      const openFolder = (): RunStore => (store = RunStore.open(runDirectory, resume));
      const place = { baseDirectory, runDirectory, openFolder };
      const typed = command === undefined ? {} : { command };
      const run = { config, origin, logger, parts, resume, ...place, ...typed };
      return prepared.single.trainer.make({ ...contextOf(request), run });
    },

    async dispose() {
      const [policy, folder] = [loading?.catch(() => undefined), store];
      [loading, store] = [undefined, undefined];
      const ends = [
        ...closers.splice(0),
        async () => (await policy)?.dispose(),
        () => folder?.close(),
      ];
      const failures: unknown[] = [];
      for (const end of ends) {
        await (async () => end())().catch((thrown: unknown) => failures.push(thrown));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
