import { spatialQa } from './spatial-qa.ts';

export { judgeSpatialAnswer } from './judge-spatial-answer.ts';
export { spatialQa };

/** The benchmarks of this package, as a registry takes them. */
export const plugins = [spatialQa] as const;
