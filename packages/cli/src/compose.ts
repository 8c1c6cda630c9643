/** The one composition root: the plugins that come with Loci. Nothing else in the project names all packages. */
import { plugins as benchmarkPlugins } from '@loci/benchmarks';
import { algorithmPlugins, sinkPlugins } from '@loci/core';
import type { AnyPlugin } from '@loci/core';
import { plugins as datasetPlugins } from '@loci/datasets';
import { plugins as remotePlugins } from '@loci/remote';
import { plugins as rewardPlugins } from '@loci/rewards';
import { enginePlugins } from './engines.ts';

/** Every bundled plugin, of every kind. */
export const bundledPlugins: readonly AnyPlugin[] = [
  ...algorithmPlugins,
  ...(await enginePlugins()),
  ...benchmarkPlugins,
  ...datasetPlugins,
  ...remotePlugins,
  ...rewardPlugins,
  ...sinkPlugins,
];
