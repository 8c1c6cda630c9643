import {
  characterAccuracy,
  isInAnotherScript,
  needsCharacters,
  withoutAccents,
} from '../text/characters.ts';
import { rouge } from '../text/rouge.ts';
import { clamp, judged } from './judge.ts';
import type { Judgement, Judging } from './judge.ts';

/**
 * Mean of ROUGE-1, ROUGE-2 and ROUGE-L. An identical answer scores 1 even where ROUGE-2 does not apply (one word). ROUGE reads only ASCII
 * letters and digits, so a true answer with other characters is compared by characters: one minus the character error rate. The true answer
 * alone decides between the two.
 */
export const freeForm: Judging = {
  judge: (truth) => {
    if (needsCharacters(truth)) return (answer) => byCharacters(truth, answer);
    return (answer) => {
      if (answer === truth) return judged(1);
      if (isInAnotherScript(answer)) return { ...judged(0), reason: OTHER_SCRIPT };
      return judged(meanRouge(truth, withoutAccents(answer)));
    };
  },
  asInSpacer: (answer, truth) => judged(meanRouge(truth, answer)),
};

function byCharacters(truth: string, answer: string): Judgement {
  const value = characterAccuracy(truth, answer);
  return value > 0 ? judged(value) : { ...judged(0), reason: NOTHING_ALIKE };
}

const NOTHING_ALIKE = 'compared by characters: as many are wrong as the true answer has';
const OTHER_SCRIPT = 'the answer is written in another script than the true one';

function meanRouge(truth: string, answer: string): number {
  const { rouge1, rouge2, rougeL } = rouge(truth, answer);
  return clamp((rouge1 + rouge2 + rougeL) / 3);
}
