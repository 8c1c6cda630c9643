/** Finds the linear layers among parameters, and translates the module paths of other programs and versions. */
import type { LinearLayerSpec, ModelParameters, ParameterSpec } from '../spec/weights.ts';

/** The linear layers among parameters: every matrix except lookup tables. @param tables names of those. */
export function linearLayersOf(
  parameters: readonly ParameterSpec[],
  tables: readonly string[],
): readonly LinearLayerSpec[] {
  return parameters.flatMap(({ name, shape: [outputs, inputs, ...rest] }) =>
    inputs === undefined || rest.length > 0 || tables.includes(name)
      ? []
      : [{ name: name.slice(0, -'.weight'.length), inputs, outputs: outputs! }],
  );
}

/** Beginnings of a module path in other programs and in published checkpoints, that of current transformers first. */
export type Spellings = readonly (readonly [elsewhere: string, published: string])[];

/** The names of a model whose paths differ in their beginnings. */
export function spelledNames(
  spellings: Spellings,
): Pick<ModelParameters, 'publishedName' | 'modulePath' | 'modulePaths'> {
  const modulePath = (published: string) => {
    const spelling = spellings.find(([, own]) => published.startsWith(own));
    return spelling ? spelling[0] + published.slice(spelling[1].length) : published;
  };
  return {
    modulePath,
    modulePaths: (published) => [...new Set([modulePath(published), published])],
    publishedName: (path) => {
      const spelling = spellings.find(([elsewhere]) => path.startsWith(elsewhere));
      return spelling ? spelling[1] + path.slice(spelling[0].length) : path;
    },
  };
}
