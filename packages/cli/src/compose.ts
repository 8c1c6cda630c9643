/** The one composition root: the plugins that come with Loci. Nothing else in the project names all packages. */
import { plugins as benchmarkPlugins } from '@loci/benchmarks';
import { clusterTrainers } from '@loci/cluster/plugins';
import { corePlugins } from '@loci/core';
import type { AnyPlugin } from '@loci/core';
import { plugins as datasetPlugins } from '@loci/datasets';
import { plugins as rewardPlugins } from '@loci/rewards';
import { enginePlugins, remotePlugins } from './parts.ts';

/** The plugins of the packages beside core, for `createRun`: core's own are in every run. */
export const packagePlugins: readonly AnyPlugin[] = [
  ...(await enginePlugins()),
  ...benchmarkPlugins,
  ...clusterTrainers({
    openModel: async (...asked) =>
      (await import('./cluster/export-model.ts')).openExportModel(...asked),
    startRewards: async (asked) => (await import('./cluster/start-rewards.ts')).startRewards(asked),
  }),
  ...datasetPlugins,
  ...(await remotePlugins()),
  ...rewardPlugins,
];

/** Every bundled plugin, of every kind. */
export const bundledPlugins: readonly AnyPlugin[] = [...corePlugins, ...packagePlugins];
