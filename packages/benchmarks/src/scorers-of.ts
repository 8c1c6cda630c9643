import type { PromptStyle, Scorer } from '@loci/core';
import { longVideoBenchScorers } from './longvideobench/scorers.ts';
import { revsiScorers } from './revsi.ts';
import { sparScorers } from './spar-bench/scorers.ts';
import { spatialQaScorers } from './spatial-qa.ts';
import { stiScorers } from './sti-bench/scorers.ts';
import { tempCompassScorers } from './tempcompass/scorers.ts';
import { videoMmeScorers } from './video-mme/scorers.ts';
import { vsiScorers } from './vsi-bench/scorers.ts';

type Scorers = readonly [Scorer, ...Scorer[]];

const SCORERS: ReadonlyMap<string, (style: PromptStyle) => Scorers> = new Map([
  ['vsi-bench', vsiScorers],
  ['vsi-rooms', vsiScorers],
  ['spatial-qa', () => spatialQaScorers],
  ['sti-bench', stiScorers],
  ['spar-bench', sparScorers],
  ['video-mme', videoMmeScorers],
  ['tempcompass', tempCompassScorers],
  ['longvideobench', longVideoBenchScorers],
  ['revsi', revsiScorers],
]);

/**
 * The scorers of a benchmark by its name, for predictions that are scored again without its data; `undefined` for others.
 *
 * @example scorersOf('vsi-bench', 'thinking')?.map(({ name }) => name) // ['official', 'spacer-eval', 'strict']
 */
export function scorersOf(benchmark: string, style: PromptStyle): Scorers | undefined {
  return SCORERS.get(benchmark)?.(style);
}
