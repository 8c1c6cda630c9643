/** Lists the parameters of a model under a tuning: those of its checkpoint, the low-rank factors beside them, and which are trained. */
import { factorNames } from '../ops/tuning.ts';
import type { TunedModel } from './spec/model.ts';
import type { ParameterSpec, Weights } from './spec/weights.ts';

/** The low-rank factors of a model, layer by layer. */
function factorParameters({ model, tuning }: TunedModel): readonly ParameterSpec[] {
  return model.parameters.linearLayers.flatMap(({ name, inputs, outputs }) => {
    const lowRank = tuning?.lowRank[name];
    if (!lowRank) return [];
    const { a, b } = factorNames(name);
    return [
      { name: a, shape: [lowRank.rank, inputs] },
      { name: b, shape: [outputs, lowRank.rank] },
    ];
  });
}

/** All parameters of a model: those of its checkpoint and the factors beside them. */
export function everyParameter(tuned: TunedModel): readonly ParameterSpec[] {
  return [...tuned.model.parameters.all, ...factorParameters(tuned)];
}

/** The parameters that are trained, and those that are not. */
export function splitParameters(tuned: TunedModel): {
  readonly trained: readonly ParameterSpec[];
  readonly frozen: readonly ParameterSpec[];
} {
  const { all } = tuned.model.parameters;
  if (!tuned.tuning) return { trained: all, frozen: [] };
  const chosen = new Set(tuned.tuning.parameters);
  return {
    trained: [...all.filter(({ name }) => chosen.has(name)), ...factorParameters(tuned)],
    frozen: all.filter(({ name }) => !chosen.has(name)),
  };
}

/** The weights of a model for its graphs. @param get looks a parameter or factor up by name. */
export function weightsOf<T>(tuned: TunedModel, get: (name: string) => T): Weights<T> {
  const { isVision } = tuned.model.parameters;
  const trainsVision = splitParameters(tuned).trained.some(({ name }) => isVision(name));
  return { get, tuning: tuned.tuning, trainsVision };
}
