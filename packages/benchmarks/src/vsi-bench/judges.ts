/** Judges single answers to VSI-Bench's questions: letters by equality, numbers by mean relative accuracy. */
import { matchNumberAsInSpacer, meanRelativeAccuracy, pythonFloat, pythonStrip } from '@loci/core';
import type { ScorableItem } from '@loci/core';
import type { Judgement } from '../scoring/create-scorer.ts';
import { judgeLetterStrictly, notTheForm, strictNumber } from '../scoring/strict.ts';

/** Judges of letters and of numbers. */
export interface Judges {
  readonly letter: (item: ScorableItem, text: string) => Judgement;
  readonly number: (item: ScorableItem, text: string) => Judgement;
}

/** The first word is the answer. */
export const AS_AUTHORS: Judges = {
  letter: ({ answer }, text) => equalLetters(firstWord(text), answer),
  number: (item, text) => judgeNumber(item, firstWord(text)),
};

/** The same in a script that first cuts the space around an answer, and counts a division by a true 0 as a wrong answer. */
export const FORGIVING: Judges = {
  letter: (item, text) => AS_AUTHORS.letter(item, pythonStrip(text)),
  number: (item, text) => {
    const word = firstWord(pythonStrip(text));
    if (pythonFloat(item.answer) === 0) return { score: 0, answered: true, normalised: word };
    return judgeNumber(item, word);
  },
};

/** Where the first word is not a capital A–D, the whole text is compared. Number words count anywhere in the text. */
export const AS_SPACER: Judges = {
  letter: judgeLetterAsSpacer,
  number: (item, text) => judgeNumber(item, matchNumberAsInSpacer(text) ?? 'None'),
};

/** Only a letter of the options, or a number with an optional sign and unit. */
export const STRICTLY: Judges = { letter: judgeLetterStrictly, number: judgeNumberStrictly };

/** The text before the first space, full stops at its end removed. */
function firstWord(text: string): string {
  return pythonStrip(text.split(' ', 1)[0]!.replace(/\.+$/u, ''));
}

function judgeLetterAsSpacer({ answer }: ScorableItem, text: string): Judgement {
  const remaining = text.replaceAll('Answer:', '');
  const letter = /^([A-D])\.?$/u.exec(pythonStrip(remaining.split(' ', 1)[0]!))?.[1];
  return equalLetters(letter ?? pythonStrip(remaining), answer);
}

function equalLetters(text: string, answer: string): Judgement {
  const score = text.toLowerCase() === answer.toLowerCase() ? 1 : 0;
  return { score, answered: /^[A-Za-z]$/u.test(text), normalised: text };
}

/** A number that cannot be read, on either side, scores 0; a true 0 ends the authors' and SpaceR's scripts. */
function judgeNumber({ answer }: ScorableItem, text: string): Judgement {
  const [prediction, target] = [pythonFloat(text), pythonFloat(answer)];
  const judgement = { score: 0, answered: prediction !== undefined, normalised: text };
  if (prediction === undefined) return { ...judgement, reason: 'no number' };
  if (target === undefined) return { ...judgement, reason: `the truth "${answer}" is no number` };
  if (target === 0) return { ...judgement, referenceError: 'division by a true answer of 0' };
  return { ...judgement, score: meanRelativeAccuracy(prediction, target, 'vsi_eval') };
}

function judgeNumberStrictly({ answer }: ScorableItem, text: string): Judgement {
  const [prediction, target] = [strictNumber(text), pythonFloat(answer)];
  if (prediction === undefined) return notTheForm(text, 'a number');
  if (target === undefined) {
    const reason = `the truth "${answer}" is no number`;
    return { score: 0, answered: true, normalised: text, reason };
  }
  return { score: meanRelativeAccuracy(prediction, target), answered: true, normalised: text };
}
