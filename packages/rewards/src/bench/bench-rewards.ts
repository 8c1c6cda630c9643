/** The rewards that the benchmark times, created as in a run. */
import { createFromPlugin, parseOptions } from '@loci/core';
import type { ErasedPlugin, Reward } from '@loci/core';
import { answer } from '../answer.ts';
import { consistency } from '../consistency.ts';
import { format } from '../format.ts';
import { length } from '../length.ts';
import { map } from '../map.ts';

/** A reward with its label in tables. */
export interface BenchReward {
  readonly label: string;
  /** Its name for later rewards of a run. */
  readonly name: string;
  readonly reward: Reward;
}

/** The rewards of SG-RLVR without `temporal`, which needs further completions. */
export const SG_RLVR = ['answer', 'map', 'format', 'length'] as const;

const REWARDS: readonly (readonly [
  label: string,
  plugin: ErasedPlugin<'reward'>,
  options: Readonly<Record<string, unknown>>,
])[] = [
  ['answer', answer, {}],
  ['map', map, { when: 'always' }],
  ['format', format, {}],
  ['length', length, {}],
  ['calibrated map', map, { when: 'always', scoring: 'calibrated' }],
  ['consistency', consistency, { cellMetres: 0.7 }],
];

/** All of them, each after the rewards that it builds on. */
export async function benchRewards(): Promise<readonly BenchReward[]> {
  const context = {
    seed: 0,
    baseDirectory: '.',
    logger: { info: () => undefined, warn: () => undefined },
  };
  return Promise.all(
    REWARDS.map(async ([label, plugin, options]) => ({
      label,
      name: label,
      reward: await createFromPlugin(plugin, parseOptions(plugin, options), context),
    })),
  );
}
