import type { BenchmarkFacts } from '@loci/core';
import { longVideoBenchFacts } from './longvideobench/facts.ts';
import { revsiFacts } from './revsi.ts';
import { sparFacts } from './spar-bench/facts.ts';
import { spatialQaFacts } from './spatial-qa.ts';
import { stiFacts } from './sti-bench/facts.ts';
import { tempCompassFacts } from './tempcompass/facts.ts';
import { videoMmeFacts } from './video-mme/facts.ts';
import { vsiDebiasedFacts, vsiFacts } from './vsi-bench/facts.ts';
import { vsiRoomsFacts } from './vsi-bench/vsi-rooms.ts';

const FACTS: ReadonlyMap<string, BenchmarkFacts> = new Map([
  ['vsi-bench', vsiFacts],
  ['vsi-bench debiased', vsiDebiasedFacts],
  ['vsi-rooms', vsiRoomsFacts],
  ['spatial-qa', spatialQaFacts],
  ['sti-bench', stiFacts],
  ['spar-bench', sparFacts],
  ['video-mme', videoMmeFacts],
  ['tempcompass', tempCompassFacts],
  ['longvideobench', longVideoBenchFacts],
  ['revsi', revsiFacts],
]);

/** The facts of a benchmark by its name and variant, for reports without its data; `undefined` for unknown benchmarks. */
export function factsOf(benchmark: string, variant?: string): BenchmarkFacts | undefined {
  return FACTS.get(`${benchmark} ${variant}`) ?? FACTS.get(benchmark);
}
