/** The trainer plugins for verl and ms-swift. Each loads its code when a run uses it. */
import { LociError, definePlugin } from '@loci/core';
import type { AnyPlugin, TrainingRun } from '@loci/core';
import type { ClusterPorts } from './ports.ts';
import { swiftOptions } from './swift/options.ts';
import { verlOptions } from './verl/options.ts';

/** The trainer plugins. @param ports functions of the engines' package and of the command line. */
export function clusterTrainers(ports: ClusterPorts): readonly AnyPlugin[] {
  return [
    definePlugin({
      kind: 'trainer',
      name: 'verl',
      description:
        'Trains with verl on a Ray cluster; rewards, data and report stay those of Loci.',
      options: verlOptions,
      async create(options, { run }) {
        const { openVerlTrainer } = await import('./open-elsewhere.ts');
        return openVerlTrainer(ports, options, required(run));
      },
    }),
    definePlugin({
      kind: 'trainer',
      name: 'ms-swift',
      description:
        'Trains with ms-swift, as a process on this machine or on a node of a Ray cluster.',
      options: swiftOptions,
      async create(options, { run }) {
        const { openSwiftTrainer } = await import('./open-elsewhere.ts');
        return openSwiftTrainer(ports, options, required(run));
      },
    }),
  ];
}

function required(run: TrainingRun | undefined): TrainingRun {
  if (run !== undefined) return run;
  throw new LociError('no-run', 'A trainer needs a run: make it with trainer() of createRun');
}
