import { rouge } from '../text/rouge.ts';
import { clamp, judged } from './judge.ts';
import type { Judging } from './judge.ts';

/** Mean of ROUGE-1, ROUGE-2 and ROUGE-L; an identical answer scores 1 even where ROUGE cannot see it (other scripts, one word). */
export const freeForm: Judging = {
  judge: (truth) => (answer) => judged(answer === truth ? 1 : meanRouge(truth, answer)),
  asInSpacer: (answer, truth) => judged(meanRouge(truth, answer)),
};

function meanRouge(truth: string, answer: string): number {
  const { rouge1, rouge2, rougeL } = rouge(truth, answer);
  return clamp((rouge1 + rouge2 + rougeL) / 3);
}
