/** Finds the objects that a question names, and its options in words. */
import { CATEGORIES, type AskedQuestion } from '@loci/datasets';

const CATEGORY = new RegExp(`\\b(?:${CATEGORIES.join('|')})\\b`, 'g');

/** The categories in a question, in its order; then those of the options, where the question compares them. */
export function namedThings({ kind, problem, options }: AskedQuestion): readonly string[] {
  const named = problem.match(CATEGORY) ?? [];
  return kind === 'relative-distance' ? [...named, ...options.map((text) => text.slice(3))] : named;
}

/** The option's text for a letter, the answer itself for a number; undefined for a letter that no option has. */
export function inWords(
  { options }: Pick<AskedQuestion, 'options'>,
  answer: string,
): string | undefined {
  if (options.length === 0) return answer;
  return options.find((text) => text.startsWith(`${answer}. `))?.slice(3);
}
