/**
 * What an answer credits, for the advantage `span-credit`: the steps behind the map, and of the map the objects that the question names. A
 * cell of another object does not enter the answer, and whether the answer is right would only be noise for it.
 */
import { findNames, mapEntries } from '@loci/core';
import type { Sample, SpanCredit } from '@loci/core';

/**
 * The credits of a completion: 0 for objects that the question does not name, in every completion alike, and the value for what stands behind
 * the map. Objects that it names have no credit of their own and count by the value. None without a map.
 *
 * @param value of the answer.
 */
export function answerCredits(
  text: string,
  value: number,
  { problem, options, map }: Pick<Sample, 'problem' | 'options' | 'map'>,
): readonly SpanCredit[] {
  const entries = mapEntries(
    text,
    Object.keys(map ?? {}).map((name) => name.toLowerCase()),
  );
  const last = entries.at(-1);
  if (last === undefined) return [];
  const question = [problem, ...options].join('\n');
  const others = entries.filter(({ category }) => findNames(question, [category]).length === 0);
  return [
    ...others.map(({ start, end }) => ({ key: 'other objects', start, end, value: 0 })),
    { key: 'steps', start: last.end, end: text.length, value },
  ];
}
