/**
 * Checks that arms are comparable: the same start model, the same questions in the same order, the same number of rollouts and steps. An arm
 * may have its own prompt, rewards, advantage and objective. A file may allow a few more settings.
 */
import { isDeepStrictEqual } from 'node:util';
import { LociError } from '@loci/core';
import type { RunConfig } from '@loci/core';
import type { Experiment } from './experiment-schema.ts';

/** Parts of the config in which arms may always differ. */
const COMPARED = ['prompt', 'rewards', 'advantage', 'objective'] as const;

/**
 * Checks that the arms are equal in all other settings.
 *
 * @param configs the complete config of each arm, by its name, for one seed.
 * @throws LociError `arms-differ`, one line per setting, with the value of each arm.
 */
export function checkShared(
  configs: ReadonlyMap<string, RunConfig>,
  mayDiffer: Experiment['mayDiffer'],
): void {
  const free = new Set<string>([...COMPARED, ...mayDiffer]);
  const [first, ...others] = configs;
  if (first === undefined) return;
  const keys = new Set([...configs.values()].flatMap((config) => Object.keys(config)));
  const valueOf = (config: RunConfig, key: string): unknown =>
    (config as unknown as Readonly<Record<string, unknown>>)[key];
  const lines = [...keys]
    .filter((key) => !free.has(key))
    .flatMap((key) =>
      others
        .filter(([, config]) => !isDeepStrictEqual(valueOf(config, key), valueOf(first[1], key)))
        .map(
          ([arm, config]) =>
            `${key}: ${first[0]} has ${JSON.stringify(valueOf(first[1], key))}, ${arm} has ${JSON.stringify(valueOf(config, key))}`,
        ),
    );
  if (lines.length === 0) return;
  throw new LociError(
    'arms-differ',
    `The arms would not be comparable:\n${lines.join('\n')}\nArms may differ in ${[...free].join(', ')}; move the rest to "shared"`,
  );
}
