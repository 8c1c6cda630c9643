/**
 * Finds how the answer to a question changes when the video is mirrored. It reads only the question: problem type, kind, words and options.
 */
import { symmetriesOfQuestion } from '@loci/core';
import type { Sample } from '@loci/core';

/** How the answers of one question mirror. */
export type AnswerMirror =
  | { readonly of: 'number' }
  | {
      readonly of: 'choice';
      /** Letter of the mirrored option by letter, both in upper case. */
      readonly letters: ReadonlyMap<string, string>;
    };

/** Longest problem that is searched, in characters; real questions are shorter. */
const LONGEST_PROBLEM = 4_000;

const SIDES = /\b(left|right)(?=\b|most\b|wards?\b|hand\b)/gu;
/** Further words that a mirror reverses; questions with them are not handled. */
const HANDED =
  /\b(?:(?:counter|anti)?-?clockwise|(?:north|south)?-?(?:east|west)(?:ern)?|o['’]?clock|coordinates?)\b/u;
const CLAUSE_END = /[.?!;:]/u;

/**
 * How answers mirror, or why that is unknown. Distances, counts, sizes and the order of appearance stay the same. Options that name sides
 * are exchanged with their mirror images, which must all be among the options.
 */
export function mirrorOfAnswers(
  sample: Pick<Sample, 'problem' | 'problemType' | 'options' | 'questionKind'>,
): AnswerMirror | { readonly unknown: string } {
  const { problemType, options } = sample;
  if (sample.problem.length > LONGEST_PROBLEM) return { unknown: 'the question is too long' };
  const problem = sample.problem.toLowerCase();
  const names = options.map((option) => option.toLowerCase());
  if (HANDED.test([problem, ...names].join('\n'))) {
    return { unknown: 'the question mentions a compass, a clock or coordinates' };
  }
  switch (problemType) {
    case 'numerical':
    case 'regression':
      if (sidesIn(problem).length > 0) return { unknown: 'the question names a side' };
      return staysInMirror(sample) ? { of: 'number' } : { unknown: UNKNOWN_KIND };
    case 'multiple choice':
      return mirrorOfChoice(sample, problem, names);
    default:
      return { unknown: 'texts and free answers do not mirror by rule' };
  }
}

const UNKNOWN_KIND = 'whether a mirrored room changes the answer is not known for this question';

function mirrorOfChoice(
  sample: Parameters<typeof mirrorOfAnswers>[0],
  problem: string,
  options: readonly string[],
): AnswerMirror | { readonly unknown: string } {
  const lettered = new Map(
    options.flatMap((option) => {
      const [, letter, name] = /^\s*([a-z])[.):]\s*(\S.*)$/su.exec(option) ?? [];
      return letter === undefined || name === undefined
        ? []
        : [[plainName(name), letter.toUpperCase()] as const];
    }),
  );
  if (lettered.size < 2 || lettered.size !== options.length) {
    return { unknown: 'the options are not lettered, or not all different' };
  }
  const hasSides = options.some((option) => sidesIn(option).length > 0);
  if (!hasSides) {
    if (sidesIn(problem).length > 0) return { unknown: 'the question names a side' };
    if (!staysInMirror(sample)) return { unknown: UNKNOWN_KIND };
    return { of: 'choice', letters: new Map(Array.from(lettered.values(), (own) => [own, own])) };
  }
  if (symmetriesOfQuestion(sample) === 'none') return { unknown: UNKNOWN_KIND };
  if (!namesSidesEvenly(problem)) return { unknown: 'the question names one side only' };
  const letters = new Map<string, string>();
  for (const [name, letter] of lettered) {
    const mirrored = lettered.get(exchangeSides(name));
    if (mirrored === undefined) return { unknown: `no option is the mirror image of "${name}"` };
    letters.set(letter, mirrored);
  }
  return { of: 'choice', letters };
}

/** Whether a mirror leaves the answer unchanged: questions about distances, counts, sizes, and order of appearance. */
function staysInMirror(sample: Pick<Sample, 'problem' | 'options' | 'questionKind'>): boolean {
  if (symmetriesOfQuestion(sample) === 'quarter-turns-and-mirrors') return true;
  return /\border\b/u.test(
    (sample.questionKind ?? sample.problem).toLowerCase().replaceAll(/[_-]/gu, ' '),
  );
}

/** Whether each clause names both sides equally often. "What is left of the sofa?" would be another question in a mirror. */
function namesSidesEvenly(problem: string): boolean {
  return problem.split(CLAUSE_END).every((clause) => {
    const sides = sidesIn(clause);
    return 2 * sides.filter((side) => side === 'left').length === sides.length;
  });
}

function sidesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(SIDES), ([side]) => side);
}

function exchangeSides(text: string): string {
  return text.replace(SIDES, (side) => (side === 'left' ? 'right' : 'left'));
}

/** Treats `front-left` and `front left` as the same option. */
function plainName(name: string): string {
  return name
    .split(/[\s_-]+/u)
    .filter((word) => word !== '')
    .join(' ')
    .replace(/[.,;]$/u, '');
}
