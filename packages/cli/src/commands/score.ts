import { statSync } from 'node:fs';
import { LociError } from '@loci/core';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import type { ScoreFlags } from '../flags.ts';
import { createProgress } from '../render/progress.ts';
import type { Progress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { tableWidth } from '../render/terminal.ts';
import { ComparisonGatherer } from '../rescore/comparison.ts';
import { NotableGatherer } from '../rescore/notable.ts';
import {
  comparisonTable,
  countsText,
  failureTexts,
  notableText,
  unchangedText,
} from '../rescore/rescore-text.ts';
import { rescore } from '../rescore/rescore.ts';
import type { RescoreCounts, RescoreListener } from '../rescore/rescore.ts';
import { forecastRescore } from '../rescore/forecast-rescore.ts';
import { RolloutWriter } from '../rescore/rollout-writer.ts';
import { unusedSettings } from '../unused-settings.ts';
import { outFile, outIsFolder } from '../written-paths.ts';

/** Default number of completions to show. */
const SHOWN = 5;
/** Broken lines to report one by one. */
const NAMED_LINES = 5;
/** Milliseconds between two updates of the progress. */
const SIGN_EVERY_MS = 2000;

/**
 * Scores the rollouts of a file with the rewards of a config and prints the changes; with `--file` it also writes them with their
 * new outcomes. It opens neither model nor dataset.
 *
 * @throws LociError of the config, `flag-misplaced`, `not-a-file`, `no-rewards`, `rollouts-unreadable`, `rollouts-old`, `rollouts-empty`, `out-is-input`, or of
 * the disk.
 */
export async function score(flags: ScoreFlags, io: Io): Promise<void> {
  const quiet = flags.quiet === true;
  if (flags.out !== undefined) throw outIsFolder(flags.out);
  const out = flags.file === undefined ? undefined : outFile(flags.file, io.userDirectory);
  const progress = createProgress(io.out, quiet);
  for (const line of unusedSettings('score', flags.set)) progress.line(`warning: ${line}`);
  const run = await openRun(flags, io, {
    logger: progressLogger(progress, io.out, quiet),
    brings: ['reward'],
  });
  let writer: RolloutWriter | undefined;
  try {
    const rewards = await run.rewards();
    if (rewards.length === 0) throw new LociError('no-rewards', 'The config names no reward');
    const file = resolveUserPath(flags.rollouts, io.userDirectory);
    for (const line of await forecastRescore(file, rewards)) progress.line(line);
    writer = out === undefined ? undefined : new RolloutWriter(out, file);
    const comparison = new ComparisonGatherer();
    const notable = new NotableGatherer(flags.show ?? SHOWN);
    const counts = await rescore(file, rewards, {
      onLine(rescored) {
        comparison.add(rescored);
        notable.add(rescored);
        writer?.write(rescored.now);
      },
      ...reporter(progress, file),
    });
    writer?.finish();
    progress.stop();
    report(io, counts, comparison, notable);
    io.result?.({ ...counts, ...comparison.result(), ...(out !== undefined && { file: out }) });
    if (out !== undefined) print(io, `\nwritten to ${out}`);
  } finally {
    progress.stop();
    writer?.discard();
    await run.dispose();
  }
}

/** Reports the first broken lines, and shows the progress of reading now and then. */
function reporter(
  progress: Progress,
  file: string,
): Pick<RescoreListener, 'onBroken' | 'onProgress'> {
  const total = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  let broken = 0;
  let shownAt = performance.now();
  return {
    onBroken(line, reason) {
      broken++;
      if (broken <= NAMED_LINES) progress.line(`warning: line ${line} is skipped: ${reason}`);
    },
    onProgress(bytes) {
      if (performance.now() - shownAt < SIGN_EVERY_MS) return;
      shownAt = performance.now();
      progress.update('read', Math.round((100 * bytes) / Math.max(1, total)), 100, '% of the file');
    },
  };
}

function report(
  io: Io,
  counts: RescoreCounts,
  gatherer: ComparisonGatherer,
  notable: NotableGatherer,
): void {
  const comparison = gatherer.result();
  print(io, `${countsText(counts)}\n\n${comparisonTable(comparison, tableWidth(io.out))}`);
  const unchanged = unchangedText(comparison);
  if (unchanged !== undefined) print(io, `\n${unchanged}`);
  for (const text of failureTexts(comparison)) print(io, `\n${text}`);
  for (const entry of notable.result()) print(io, `\n${notableText(entry)}`);
}
