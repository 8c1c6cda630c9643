/** The composition root: the only module that imports the plugins of all packages. */
import { plugins as benchmarkPlugins } from '@loci/benchmarks';
import { clusterTrainers } from '@loci/cluster/plugins';
import { corePlugins } from '@loci/core';
import type { AnyPlugin } from '@loci/core';
import { plugins as datasetPlugins } from '@loci/datasets';
import { plugins as rewardPlugins } from '@loci/rewards';
import { enginePlugins, remotePlugins } from './parts.ts';

/** The plugins of all packages but core, for `createRun`, which adds those of core itself. */
export const packagePlugins: readonly AnyPlugin[] = [
  ...(await enginePlugins()),
  ...benchmarkPlugins,
  ...clusterTrainers({
    openModel: async (...policy) =>
      (await import('./cluster/export-model.ts')).openExportModel(...policy),
    startRewards: async (request) =>
      (await import('./cluster/start-rewards.ts')).startRewards(request),
  }),
  ...datasetPlugins,
  ...(await remotePlugins()),
  ...rewardPlugins,
];

/** Every bundled plugin, of every kind. */
export const bundledPlugins: readonly AnyPlugin[] = [...corePlugins, ...packagePlugins];
