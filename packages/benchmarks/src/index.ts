import { longVideoBench } from './longvideobench/longvideobench.ts';
import { revsi } from './revsi.ts';
import { sparBench } from './spar-bench/spar-bench.ts';
import { spatialQa } from './spatial-qa.ts';
import { stiBench } from './sti-bench/sti-bench.ts';
import { tempCompass } from './tempcompass/tempcompass.ts';
import { videoMme } from './video-mme/video-mme.ts';
import { vsiBench } from './vsi-bench/vsi-bench.ts';
import { vsiRooms } from './vsi-bench/vsi-rooms.ts';

export { folderBenchmark } from './asking/folder-benchmark.ts';
export type { FolderBenchmark } from './asking/folder-benchmark.ts';
export { commonOptions, dataFolder, selectItems, videoOptions } from './asking/options.ts';
export type { Selection } from './asking/options.ts';
export { PROMPT_STYLES, askItem, askWith, mediaPart, tokensFor } from './asking/prompts.ts';
export type { AnswerForm, AskedStyle, Asking, Wording } from './asking/prompts.ts';
export { judgeSpatialAnswer } from './judge-spatial-answer.ts';
export { longVideoBenchScorers } from './longvideobench/scorers.ts';
export { checkLayout, locate } from './reading/layout.ts';
export { createVideoFinder } from './reading/media-files.ts';
export { parquetRecords, readJsonFile, recordsOf } from './reading/records.ts';
export { parseCues, parseSubtitleEntries } from './reading/subtitles.ts';
export {
  ALL_COUNT,
  AS_SPACER_SKIPS,
  createScorer,
  readAsAuthors,
  readAsSpacer,
} from './scoring/create-scorer.ts';
export type { Judgement, ScorerRules } from './scoring/create-scorer.ts';
export { macroOf, meanOf, sectionBy, taskOf } from './scoring/figures.ts';
export {
  judgeLetterStrictly,
  notTheForm,
  readStrictly,
  strictLetter,
  strictNumber,
} from './scoring/strict.ts';
export { revsiScorers } from './revsi.ts';
export { factsOf } from './facts-of.ts';
export { scorersOf } from './scorers-of.ts';
export { sparScorers } from './spar-bench/scorers.ts';
export { stiScorers } from './sti-bench/scorers.ts';
export { captionMatchingRule, yesNoOf } from './tempcompass/rules.ts';
export { tempCompassScorers } from './tempcompass/scorers.ts';
export { videoMmeScorers } from './video-mme/scorers.ts';
export { vsiScorers } from './vsi-bench/scorers.ts';
export {
  longVideoBench,
  revsi,
  sparBench,
  spatialQa,
  stiBench,
  tempCompass,
  videoMme,
  vsiBench,
  vsiRooms,
};

/** The benchmarks of this package, as a registry takes them. */
export const plugins = [
  spatialQa,
  vsiBench,
  vsiRooms,
  stiBench,
  sparBench,
  videoMme,
  tempCompass,
  longVideoBench,
  revsi,
] as const;
