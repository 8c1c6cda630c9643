import { spatialQa } from './spatial-qa.ts';

export { judgeSpatialAnswer } from './judge-spatial-answer.ts';
export { longVideoBenchScorers } from './longvideobench/scorers.ts';
export { sparScorers } from './spar-bench/scorers.ts';
export { stiScorers } from './sti-bench/scorers.ts';
export { captionMatchingRule, yesNoOf } from './tempcompass/rules.ts';
export { tempCompassScorers } from './tempcompass/scorers.ts';
export { videoMmeScorers } from './video-mme/scorers.ts';
export { vsiScorers } from './vsi-bench/scorers.ts';
export { spatialQa };

/** The benchmarks of this package, as a registry takes them. */
export const plugins = [spatialQa] as const;
