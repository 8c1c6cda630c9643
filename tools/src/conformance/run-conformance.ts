/** Runs every file of vectors in a folder and reports file by file. */
import { LociError } from '@loci/core';
import {
  freeForm,
  multipleChoiceAccuracy,
  numericalAccuracy,
  regressionAccuracy,
  transcription,
} from './accuracy-checks.ts';
import { longVideoBench, spar, sti, tempCompass, videoMme, vsi } from './benchmark-checks.ts';
import { inOneLine } from './check.ts';
import type { Check } from './check.ts';
import { frameSampling } from './frame-check.ts';
import { advantageLines, rewardTotal } from './group-checks.ts';
import { grpoLoss } from './loss-check.ts';
import { objectiveLoss } from './objective-check.ts';
import {
  answerExtraction,
  formatReward,
  mapParse,
  mapScore,
  relativeAccuracy,
} from './text-checks.ts';
import { listLines, listVectorFiles, readVector } from './vector-file.ts';
import type { VectorLine } from './vector-file.ts';

/** The check of each file, by its name. */
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['accuracy_mc', multipleChoiceAccuracy],
  ['accuracy_numerical', numericalAccuracy],
  ['advantages', advantageLines],
  ['answer_extraction', answerExtraction],
  ['bench_longvideobench', longVideoBench],
  ['bench_spar', spar],
  ['bench_sti', sti],
  ['bench_tempcompass', tempCompass],
  ['bench_videomme', videoMme],
  ['bench_vsi', vsi],
  ['format', formatReward],
  ['frame_sampling', frameSampling],
  ['grpo_loss', grpoLoss],
  ['map_parse', mapParse],
  ['map_score', mapScore],
  ['mra', relativeAccuracy],
  ['regression', regressionAccuracy],
  ['objectives', objectiveLoss],
  ['reward_total', rewardTotal],
  ['rouge', freeForm],
  ['wer', transcription],
]);

/** A line of a file with which the project does not agree. */
export interface Disagreement {
  readonly line: number;
  readonly message: string;
}

/** The result of a file; `covered` is false for files that nothing checks yet. */
export interface FileResult {
  readonly name: string;
  readonly covered: boolean;
  readonly total: number;
  readonly disagreements: readonly Disagreement[];
}

/**
 * Checks all files of a folder, in alphabetical order.
 *
 * @throws LociError `no-vectors` when the folder has none.
 */
export async function runConformance(folder: string): Promise<readonly FileResult[]> {
  const files = listVectorFiles(folder);
  if (files.length === 0) {
    throw new LociError('no-vectors', `${folder} has no .jsonl file of golden vectors`);
  }
  const results: FileResult[] = [];
  for (const { name, path } of files) results.push(await runFile(name, path));
  return results;
}

/** `file passed/total`, the first disagreements of each file below it, and the total of what was checked last. */
export function formatResults(results: readonly FileResult[], shown = 5): string {
  const covered = results.filter((result) => result.covered);
  const total = covered.reduce((sum, result) => sum + result.total, 0);
  const wrong = covered.reduce((sum, { disagreements }) => sum + disagreements.length, 0);
  const lines = results.flatMap((result) => {
    if (!result.covered) return [`${result.name} not covered yet (${result.total} lines)`];
    const { name, disagreements } = result;
    return [
      `${name} ${result.total - disagreements.length}/${result.total}`,
      ...disagreements.slice(0, shown).map(({ line, message }) => `  line ${line}: ${message}`),
    ];
  });
  return [...lines, `total ${total - wrong}/${total}`].join('\n');
}

async function runFile(name: string, path: string): Promise<FileResult> {
  const lines = listLines(path);
  const check = CHECKS.get(name);
  if (check === undefined) {
    return { name, covered: false, total: lines.length, disagreements: [] };
  }
  const disagreements: Disagreement[] = [];
  for (const line of lines) {
    const message = await verdictOf(check, line);
    if (message !== undefined) disagreements.push({ line: line.line, message });
  }
  return { name, covered: true, total: lines.length, disagreements };
}

/** A line that cannot even be read is one that fails. */
async function verdictOf(check: Check, line: VectorLine): Promise<string | undefined> {
  try {
    return await check(readVector(line));
  } catch (error) {
    return `could not be checked: ${inOneLine(error)}`;
  }
}
