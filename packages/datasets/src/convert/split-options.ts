/** Separates the options in the text of a question, each on a line of its own, from the question. */

/** A question and its options. */
export interface SplitQuestion {
  readonly question: string;
  readonly options: readonly string[];
}

const OPTION = /^\s*\(?([A-Z])[.):]\s*(\S.*)$/u;
const HEADING = /^\s*(?:options|choices|answer choices)\s*:?\s*$/iu;

/**
 * Takes the first run of lines `A. …`, `B. …` out of a question, with a heading such as `Options:` before it. Undefined where there are not two.
 *
 * @example splitOptions('Which?\nOptions:\nA. cup\nB. jar') // { question: 'Which?', options: ['A. cup', 'B. jar'] }
 */
export function splitOptions(text: string): SplitQuestion | undefined {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => OPTION.exec(line)?.[1] === 'A');
  if (first === -1) return undefined;
  const options: string[] = [];
  for (const line of lines.slice(first)) {
    const match = OPTION.exec(line);
    if (match?.[1] !== String.fromCharCode(65 + options.length)) break;
    options.push(`${match[1]}. ${match[2]!.trim()}`);
  }
  if (options.length < 2) return undefined;
  const before = lines.slice(0, first);
  if (HEADING.test(before.at(-1) ?? '')) before.pop();
  const after = lines.slice(first + options.length);
  return { question: [...before, ...after].join('\n').trim(), options };
}
