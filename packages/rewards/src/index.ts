import { answer } from './answer.ts';
import { consistency } from './consistency.ts';
import { counterfactual } from './counterfactual.ts';
import { format } from './format.ts';
import { length } from './length.ts';
import { map } from './map.ts';
import { mirror } from './mirror.ts';
import { overlong } from './overlong.ts';
import { temporal } from './temporal.ts';

export { answer, consistency, counterfactual, format, length, map, mirror, overlong, temporal };
export { mirrorOfAnswers } from './mirror/mirrored-answer.ts';
export type { AnswerMirror } from './mirror/mirrored-answer.ts';
export { rouge } from './text/rouge.ts';
export type { RougeScores } from './text/rouge.ts';
export { stem } from './text/porter-stemmer.ts';
export { wordErrorRate } from './text/word-error-rate.ts';

/** The reward plugins of this package, for a registry. */
export const plugins = [
  answer,
  consistency,
  counterfactual,
  format,
  length,
  map,
  mirror,
  overlong,
  temporal,
] as const;
