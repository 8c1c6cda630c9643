/** Lists the pieces of an experiment: runs to train, and evaluations of the trained models. */
import { LociError, suggest } from '@loci/core';
import { START } from './experiment-schema.ts';
import type { Experiment } from './experiment-schema.ts';

/** A run of an arm, or an evaluation of its model. */
export interface Piece {
  /** `train/sg-rlvr/seed-1`, `evaluate/sg-rlvr/seed-1/unseen`. */
  readonly name: string;
  readonly kind: 'train' | 'evaluate';
  /** Name of an arm; `start` for an evaluation of the start model. */
  readonly arm: string;
  readonly seed: number;
  /** Name of the evaluation; absent for a run. */
  readonly evaluation?: string;
  /** Name of the piece that must be finished before. */
  readonly after?: string;
}

/** Arms and seeds to work on this time; all when absent. */
export interface PieceChoice {
  readonly arms?: readonly string[];
  readonly seeds?: readonly number[];
}

/**
 * All pieces, seed by seed, so that a comparison of all arms is ready as soon as the first seed is finished. The start model is evaluated
 * with every seed, since sampled answers depend on it.
 *
 * @throws LociError `experiment-choice` for an arm or a seed that the experiment does not have.
 */
export function piecesOf(experiment: Experiment, choice: PieceChoice = {}): readonly Piece[] {
  const arms = [START, ...Object.keys(experiment.arms)];
  for (const arm of choice.arms ?? []) {
    if (!arms.includes(arm)) throw chosen(`no arm "${arm}"; ${suggest(arm, arms)}`);
  }
  for (const seed of choice.seeds ?? []) {
    if (experiment.seeds.includes(seed)) continue;
    throw chosen(`no seed ${seed}; its seeds are ${experiment.seeds.join(', ')}`);
  }
  const wanted = arms.filter((arm) => choice.arms?.includes(arm) ?? true);
  const seeds = experiment.seeds.filter((seed) => choice.seeds?.includes(seed) ?? true);
  const evaluations = Object.keys(experiment.evaluations);
  return seeds.flatMap((seed) => wanted.flatMap((arm) => piecesOfArm(arm, seed, evaluations)));
}

function piecesOfArm(arm: string, seed: number, evaluations: readonly string[]): readonly Piece[] {
  const train = `train/${arm}/seed-${seed}`;
  const evaluated = evaluations.map((evaluation): Piece => ({
    ...{
      name: `evaluate/${arm}/seed-${seed}/${evaluation}`,
      kind: 'evaluate',
      arm,
      seed,
      evaluation,
    },
    ...(arm !== START && { after: train }),
  }));
  if (arm === START) return evaluated;
  return [{ name: train, kind: 'train', arm, seed }, ...evaluated];
}

function chosen(what: string): LociError {
  return new LociError('experiment-choice', `The experiment has ${what}`);
}
