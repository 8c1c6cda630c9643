/** For the tests of decisions: one text before our rule and the reference's. */
import type { ErasedPlugin, ProblemType, Sample } from '@loci/core';
import { ROOM, earlier, score, valuesOf } from '../score.ts';

type Value = number | string;

/** A question of a type with a true answer; none when it is empty. */
export const asked = (problemType: string, truth: string): Sample => ({
  ...ROOM,
  problemType: problemType as ProblemType,
  solution: truth === '' ? '' : `<answer>${truth}</answer>`,
});

/** Our value and the reference's, of one text. */
export async function both(
  plugin: ErasedPlugin<'reward'>,
  text: string,
  sample: Sample = ROOM,
): Promise<readonly [ours: Value, theirs: Value]> {
  const outcomes = earlier({ answer: [1] });
  const [ours] = valuesOf(await score(plugin, [text], { sample, outcomes }));
  const options = { compat: 'spacer' };
  const [theirs] = valuesOf(await score(plugin, [text], { sample, outcomes, options }));
  return [ours!, theirs!];
}
