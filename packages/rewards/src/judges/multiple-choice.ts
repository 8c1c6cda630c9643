import { judged, unreadable } from './judge.ts';
import type { Judge, Judging } from './judge.ts';

/** Accepted forms of an answer: the bare letter, or also the letter in a usual wrapping (`b`, `B.`, `(B)`, `B. chair`). */
export type LetterRule = 'exact' | 'lenient';

const WRAPPED_LETTER = /^[("'[]?([a-z])(?:[)"'\].:,\s]|$)/iu;

/** 1 for the true letter, 0 for another. By default only the bare letter counts, because the prompt requires it. */
export function multipleChoice(rule: LetterRule): Judging {
  return {
    judge: rule === 'exact' ? judgeExactly : judgeLeniently,
    // Two empty texts are equal, so an unanswered question without a solution scores 1.
    asInSpacer: (answer, truth) => judged(answer === truth ? 1 : 0),
  };
}

function judgeExactly(truth: string): Judge {
  return (answer) => judged(answer === truth ? 1 : 0);
}

function judgeLeniently(truth: string): Judge {
  const trueLetter = letterOf(truth);
  return (answer) => {
    if (answer === truth) return judged(1);
    const letter = letterOf(answer);
    if (letter === undefined) return unreadable('no letter in the answer');
    return judged(letter === trueLetter ? 1 : 0);
  };
}

/** The letter at the start of an answer, in upper case: `b`, `B.`, `(B)`, `B. chair`; `undefined` without one. */
export function letterOf(text: string): string | undefined {
  return WRAPPED_LETTER.exec(text)?.[1]?.toUpperCase();
}
