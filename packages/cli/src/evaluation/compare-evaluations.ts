/** Compares two evaluations of one benchmark: paired differences with intervals, settings that differ, and items that flipped. */
import { basename, dirname, join } from 'node:path';
import {
  LociError,
  compareAnswers,
  recordDifferences,
  shownMedia,
  writeFileWhole,
} from '@loci/core';
import type { EntryDifference, PredictionRow, ScorerComparison } from '@loci/core';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import type { EvaluateFlags } from '../flags.ts';
import { renderTable } from '../render/table.ts';
import { tableWidth } from '../render/terminal.ts';
import { outFile, outIsFolder } from '../written-paths.ts';
import { describeModel, describeShown } from './describe-record.ts';
import { comparisonPage } from './report-page.ts';
import { differenceTable, entryTable, shownAnswer } from './report-tables.ts';
import { checkComparable, openEvaluation } from './stored-evaluation.ts';
import type { ScorableEvaluation } from './stored-evaluation.ts';

const SHOWN_FLIPS = 10;

/**
 * Prints every setting that differs, paired differences under every scorer, and the items that flipped under the first; with `--file` writes
 * them as a page.
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
    throw new LociError(
      'nothing-to-compare',
      '--compare takes the folders of two evaluations: name two',
    );
  }
  const first = await openEvaluation(firstPath, io);
  const second = await openEvaluation(secondPath, io);
  checkComparable(first, second);
  const names = namesOf(first.directory, second.directory);
  const comparisons = first.scorers.map((scorer) =>
    compareAnswers(scorer, filmed(first), filmed(second), first.record.seed),
  );
  const differing = allDifferences(first, second);
  const warnings = rowDifferences(first, second, names);
  const head = [first, second].map((one, index) => [names[index]!, describeOne(one)] as const);
  for (const [name, text] of head) print(io, `${name}: ${text}`);
  for (const line of warnings) print(io, `warning: ${line}`);
  if (differing.length > 0) {
    const { header, rows } = entryTable(differing, names);
    print(io, `\n${renderTable(header, rows, tableWidth(io.out))}`);
  }
  for (const comparison of comparisons) {
    const { header, rows } = differenceTable(comparison, names);
    print(io, `\n${renderTable(header, rows, tableWidth(io.out))}`);
  }
  printFlips(comparisons[0]!, io);
  io.result?.({
    evaluations: [first.directory, second.directory],
    differences: differing,
    warnings,
    comparisons,
  });
  if (path === undefined) return;
  writeFileWhole(
    path,
    comparisonPage(first.facts.title, names, head, differing, warnings, comparisons),
  );
  print(io, `\npage  ${path}`);
}

/** The names of both folders; with the folder above where the names are equal. */
function namesOf(first: string, second: string): readonly [string, string] {
  const [one, two] = [basename(first), basename(second)];
  if (one !== two) return [one, two];
  return [join(basename(dirname(first)), one), join(basename(dirname(second)), two)];
}

/** The model, the number of answered items, and the folder. */
function describeOne(evaluation: ScorableEvaluation): string {
  const rows = filmed(evaluation);
  const idsOf = (some: readonly PredictionRow[]) => new Set(some.map(({ item }) => item.id)).size;
  const answered = idsOf(rows.filter(({ prediction }) => prediction.status === 'answered'));
  return `${describeModel(evaluation.record)}; ${answered} of ${idsOf(rows)} items answered; ${evaluation.directory}`;
}

/** Warnings about items that only one evaluation has, and about items whose prompts differ in text, media or frames. */
function rowDifferences(
  first: ScorableEvaluation,
  second: ScorableEvaluation,
  names: readonly [string, string],
): readonly string[] {
  const byId = (rows: readonly PredictionRow[]) => new Map(rows.map((row) => [row.item.id, row]));
  const [one, two] = [byId(filmed(first)), byId(filmed(second))];
  const shared = [...one.keys()].filter((id) => two.has(id));
  const differing = (digest: (row: PredictionRow) => string | undefined): number =>
    shared.filter((id) => {
      const [a, b] = [digest(one.get(id)!), digest(two.get(id)!)];
      return a !== undefined && b !== undefined && a !== '' && b !== '' && a !== b;
    }).length;
  const prompts = differing(({ promptHash }) => promptHash);
  const texts = differing(({ textHash }) => textHash);
  const only = [one.size - shared.length, two.size - shared.length] as const;
  return [
    ...(only[0] + only[1] === 0
      ? []
      : [
          `only the ${shared.length} items in both are compared: ${only[0]} are only in ${names[0]}, ${only[1]} only in ${names[1]}`,
        ]),
    ...(prompts === 0
      ? []
      : [
          `the prompts of ${prompts} of ${shared.length} items differ, the text of ${texts} of them`,
        ]),
  ];
}

function filmed({ rows }: ScorableEvaluation): readonly PredictionRow[] {
  return [...rows.values()].filter(({ condition }) => condition === 'as-filmed');
}

/** Every recorded setting in which the two differ, including the frames that were actually shown. */
function allDifferences(
  first: ScorableEvaluation,
  second: ScorableEvaluation,
): readonly EntryDifference[] {
  const shown = (evaluation: ScorableEvaluation): string =>
    describeShown({ shown: shownMedia(filmed(evaluation)) });
  const [one, two] = [shown(first), shown(second)];
  return [
    ...recordDifferences(first.record, second.record),
    ...(one === two ? [] : [{ entry: 'shown', first: one, second: two }]),
  ];
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
