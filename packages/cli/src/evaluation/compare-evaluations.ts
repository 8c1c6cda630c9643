/** Two evaluations of one benchmark side by side: what changed, how surely, and on which items. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LociError, comparePredictions } from '@loci/core';
import type { ScorerComparison } from '@loci/core';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import type { EvaluateFlags } from '../flags.ts';
import { resolveUserPath } from '../paths.ts';
import { renderTable } from '../render/table.ts';
import { describeFrames, describePrompt, describeSampling } from './describe-setup.ts';
import { comparisonPage } from './report-page.ts';
import { differenceTable } from './report-tables.ts';
import { checkComparable, openEvaluation } from './stored-evaluation.ts';
import type { ScorableEvaluation } from './stored-evaluation.ts';

const SHOWN_FLIPS = 10;

/**
 * Prints paired differences under every scorer, and the items that flipped under the first; with `--out` writes them as a page.
 *
 * @throws LociError `nothing-to-compare`, and those of `openEvaluation`.
 */
export async function compareEvaluations(
  directories: readonly string[],
  flags: Pick<EvaluateFlags, 'out'>,
  io: Io,
): Promise<void> {
  const [firstPath, secondPath] = directories;
  if (firstPath === undefined || secondPath === undefined || directories.length > 2) {
    throw new LociError('nothing-to-compare', '--compare takes the folders of two evaluations');
  }
  const first = await openEvaluation(firstPath, io);
  const second = await openEvaluation(secondPath, io);
  checkComparable(first, second);
  const names = [basename(first.directory), basename(second.directory)] as const;
  const comparisons = first.scorers.map((scorer) =>
    comparePredictions(scorer, filmed(first), filmed(second), first.plan.seed),
  );
  for (const line of settingDifferences(first, second)) print(io, `warning: ${line}`);
  for (const comparison of comparisons) {
    const { header, rows } = differenceTable(comparison, names);
    print(io, `\n${renderTable(header, rows)}`);
  }
  printFlips(comparisons[0]!, io);
  if (flags.out === undefined) return;
  const path = join(resolveUserPath(flags.out, io.userDirectory));
  writeFileSync(path, comparisonPage(first.facts.title, names, comparisons));
  print(io, `\npage  ${path}`);
}

function filmed({ rows }: ScorableEvaluation) {
  return [...rows.values()].filter(({ pass }) => pass === 'as-filmed');
}

/** Settings in which the two differ beside the model: then it is not the model alone that makes the difference. */
function settingDifferences(
  first: ScorableEvaluation,
  second: ScorableEvaluation,
): readonly string[] {
  const described = ({ plan: { setup, sampling } }: ScorableEvaluation) => ({
    prompt: describePrompt(setup),
    frames: describeFrames(setup.frames),
    decoding: describeSampling(sampling),
  });
  const [one, two] = [described(first), described(second)];
  const keys = ['prompt', 'frames', 'decoding'] as const;
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
      `  ${sign} ${id}: ${question.split('\n')[0]!.slice(0, 90)} [${answer}]: ${first.answer ?? '–'} → ${second.answer ?? '–'}`,
    );
  }
}
