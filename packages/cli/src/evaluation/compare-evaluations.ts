/** Two evaluations of one benchmark side by side: what changed, how surely, and on which items. */
import { basename, dirname, join } from 'node:path';
import { LociError, comparePredictions, writeFileWhole } from '@loci/core';
import type { PredictionRow, ScorerComparison } from '@loci/core';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import type { EvaluateFlags } from '../flags.ts';
import { renderTable } from '../render/table.ts';
import { outFile, outIsFolder } from '../written-paths.ts';
import {
  describeExtra,
  describePlannedFrames,
  describeModel,
  describePart,
  describePolicy,
  describePrompt,
  describeSampling,
} from './describe-setup.ts';
import { comparisonPage } from './report-page.ts';
import { differenceTable, shownAnswer } from './report-tables.ts';
import { checkComparable, openEvaluation } from './stored-evaluation.ts';
import type { ScorableEvaluation } from './stored-evaluation.ts';

const SHOWN_FLIPS = 10;

/**
 * Prints paired differences under every scorer, and the items that flipped under the first; with `--file` writes them as a page.
 *
 * @throws LociError `nothing-to-compare`, `flag-misplaced`, `not-a-file`, `not-writable`, `disk-full`, and those of `openEvaluation`.
 */
export async function compareEvaluations(
  directories: readonly string[],
  flags: Pick<EvaluateFlags, 'out' | 'file'>,
  io: Io,
): Promise<void> {
  if (flags.out !== undefined) throw outIsFolder(flags.out);
  const path = flags.file === undefined ? undefined : outFile(flags.file, io.userDirectory);
  const [firstPath, secondPath] = directories;
  if (firstPath === undefined || secondPath === undefined || directories.length > 2) {
    throw new LociError('nothing-to-compare', '--compare takes the folders of two evaluations');
  }
  const first = await openEvaluation(firstPath, io);
  const second = await openEvaluation(secondPath, io);
  checkComparable(first, second);
  const names = namesOf(first.directory, second.directory);
  const comparisons = first.scorers.map((scorer) =>
    comparePredictions(scorer, filmed(first), filmed(second), first.plan.seed),
  );
  const warnings = [...settingDifferences(first, second), ...rowDifferences(first, second, names)];
  const head = [first, second].map((one, index) => [names[index]!, describeOne(one)] as const);
  for (const [name, text] of head) print(io, `${name}: ${text}`);
  for (const line of warnings) print(io, `warning: ${line}`);
  for (const comparison of comparisons) {
    const { header, rows } = differenceTable(comparison, names);
    print(io, `\n${renderTable(header, rows)}`);
  }
  printFlips(comparisons[0]!, io);
  if (path === undefined) return;
  writeFileWhole(path, comparisonPage(first.facts.title, names, head, warnings, comparisons));
  print(io, `\npage  ${path}`);
}

/** Their last folders; with the one above where those are called the same. */
function namesOf(first: string, second: string): readonly [string, string] {
  const [one, two] = [basename(first), basename(second)];
  if (one !== two) return [one, two];
  return [join(basename(dirname(first)), one), join(basename(dirname(second)), two)];
}

/** Model, and what of it there is. */
function describeOne(evaluation: ScorableEvaluation): string {
  const rows = filmed(evaluation);
  const answered = rows.filter(({ prediction }) => prediction.status === 'answered').length;
  return `${describeModel(evaluation.plan)}; ${answered} of ${rows.length} items answered; ${evaluation.directory}`;
}

/** Items that only one of the two holds, and items that were not asked in the same words. */
function rowDifferences(
  first: ScorableEvaluation,
  second: ScorableEvaluation,
  names: readonly [string, string],
): readonly string[] {
  const byId = (rows: readonly PredictionRow[]) => new Map(rows.map((row) => [row.item.id, row]));
  const [one, two] = [byId(filmed(first)), byId(filmed(second))];
  const shared = [...one.keys()].filter((id) => two.has(id));
  const asked = (row: PredictionRow | undefined) => row && row.promptHash !== '';
  const changed = shared.filter(
    (id) =>
      asked(one.get(id)) &&
      asked(two.get(id)) &&
      one.get(id)!.promptHash !== two.get(id)!.promptHash,
  ).length;
  const only = [one.size - shared.length, two.size - shared.length] as const;
  return [
    ...(only[0] + only[1] === 0
      ? []
      : [
          `only the ${shared.length} items that both hold are compared: ${only[0]} are only in ${names[0]}, ${only[1]} only in ${names[1]}`,
        ]),
    ...(changed === 0
      ? []
      : [`${changed} of ${shared.length} items were not asked in the same words or frames`]),
  ];
}

function filmed({ rows }: ScorableEvaluation) {
  return [...rows.values()].filter(({ pass }) => pass === 'as-filmed');
}

/** Settings in which the two differ beside the model: then it is not the model alone that makes the difference. */
function settingDifferences(
  first: ScorableEvaluation,
  second: ScorableEvaluation,
): readonly string[] {
  const described = ({ plan }: ScorableEvaluation) => ({
    part: describePart(plan) || 'the whole',
    prompt: describePrompt(plan),
    frames: describePlannedFrames(plan),
    decoding: `${describeSampling(plan.sampling)}${describeExtra(plan.policy)}`,
    judge: plan.judge ? describePolicy(plan.judge) : 'none',
  });
  const [one, two] = [described(first), described(second)];
  const keys = ['part', 'prompt', 'frames', 'decoding', 'judge'] as const;
  return keys
    .filter((key) => one[key] !== two[key])
    .map((key) => `the ${key} differs: ${one[key]} against ${two[key]}`);
}

function printFlips({ flipped, scorer }: ScorerComparison, io: Io): void {
  const gained = flipped.filter(({ first, second }) => second.score > first.score).length;
  print(io, `\n${scorer}: ${gained} items gained, ${flipped.length - gained} lost`);
  const half = Math.ceil(SHOWN_FLIPS / 2);
  const shown =
    flipped.length <= SHOWN_FLIPS ? flipped : [...flipped.slice(0, half), ...flipped.slice(-half)];
  for (const { id, question, answer, first, second } of shown) {
    const sign = second.score > first.score ? '+' : '-';
    print(
      io,
      `  ${sign} ${id}: ${question.split('\n')[0]!.slice(0, 90)} [${answer}]: ${shownAnswer(first.answer)} → ${shownAnswer(second.answer)}`,
    );
  }
}
