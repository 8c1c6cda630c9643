/** The trainers that hand a run to an engine elsewhere. What they need to do it is loaded when one is made. */
import { LociError, definePlugin } from '@loci/core';
import type { AnyPlugin, TrainingRun } from '@loci/core';
import type { ClusterPorts } from './ports.ts';
import { swiftOptions } from './swift/options.ts';
import { verlOptions } from './verl/options.ts';

/** The trainer plugins. @param ports what they need of the engines' package and of the command line. */
export function clusterTrainers(ports: ClusterPorts): readonly AnyPlugin[] {
  return [
    definePlugin({
      kind: 'trainer',
      name: 'verl',
      description:
        'Trains on a cluster by verl over Ray; rewards, data and report stay those of Loci.',
      options: verlOptions,
      async create(options, { run }) {
        const { openVerlTrainer } = await import('./open-elsewhere.ts');
        return openVerlTrainer(ports, options, given(run));
      },
    }),
    definePlugin({
      kind: 'trainer',
      name: 'ms-swift',
      description:
        'Trains by ms-swift, as a process of this machine or on a node of a Ray cluster.',
      options: swiftOptions,
      async create(options, { run }) {
        const { openSwiftTrainer } = await import('./open-elsewhere.ts');
        return openSwiftTrainer(ports, options, given(run));
      },
    }),
  ];
}

function given(run: TrainingRun | undefined): TrainingRun {
  if (run !== undefined) return run;
  throw new LociError('no-run', 'A trainer needs a run; make it by the trainer() of createRun');
}
