/**
 * What an answer credits, for the advantage `span-credit`: the steps behind the map, and of the map the objects that the question names. A
 * cell of another object does not enter the answer, and whether the answer is right would only be noise for it. Where the drawn map is read,
 * its objects answer for what the map promises, and the steps for what they make of it.
 */
import { findNames, mapEntries } from '@loci/core';
import type { Sample, SpanCredit } from '@loci/core';

/**
 * The credits of a completion: 0 for objects that the question does not name, in every completion alike, and the value for what stands behind
 * the map. Objects that it names have no credit of their own and count by the value. With a promise, objects that the question names are
 * credited with it, and it is the baseline of the steps. None without a map.
 *
 * @param value of the answer. @param promise what the answer that follows from the map would earn.
 */
export function answerCredits(
  text: string,
  value: number,
  { problem, options, map }: Pick<Sample, 'problem' | 'options' | 'map'>,
  promise?: number,
): readonly SpanCredit[] {
  const entries = mapEntries(
    text,
    Object.keys(map ?? {}).map((name) => name.toLowerCase()),
  );
  const last = entries.at(-1);
  if (last === undefined) return [];
  const question = [problem, ...options].join('\n');
  const objects = entries.flatMap(({ category, start, end }): SpanCredit[] => {
    if (findNames(question, [category]).length === 0) {
      return [{ key: 'other objects', start, end, value: 0 }];
    }
    return promise === undefined ? [] : [{ key: 'named objects', start, end, value: promise }];
  });
  const steps = { key: 'steps', start: last.end, end: text.length, value };
  return [...objects, promise === undefined ? steps : { ...steps, baseline: promise }];
}
