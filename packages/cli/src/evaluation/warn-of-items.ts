/** What of an evaluation cannot be as it was asked for, in lines before it begins. */
import type { Benchmark, BenchmarkItem } from '@loci/core';
import type { EvaluateFlags } from '../flags.ts';
import type { Progress } from '../render/progress.ts';

/** Names what will not be asked, before anything is paid for. */
export function warnOfItems(
  benchmark: Benchmark,
  items: readonly BenchmarkItem[],
  flags: Pick<EvaluateFlags, 'look' | 'items' | 'judge'>,
  progress: Progress,
): void {
  const missing = items.flatMap((item) => item.missing ?? []);
  if (missing.length > 0) {
    progress.line(
      `warning: ${missing.length} of ${items.length} items cannot be asked, and count as wrong where scorers say so: ${missing[0]}`,
    );
  }
  const videos = items.some(({ media }) => media.some(({ kind }) => kind === 'video'));
  if (flags.look === true && !videos) {
    progress.line(
      `warning: no item of ${benchmark.name} has a video, so --look asks with black pictures alone`,
    );
  }
  if (flags.items !== undefined && flags.items > items.length) {
    progress.line(
      `warning: ${benchmark.name} has ${items.length} items, fewer than --items ${flags.items}`,
    );
  }
  if (flags.judge !== undefined && benchmark.judgePrompt === undefined) {
    progress.line(`warning: rules decide all of ${benchmark.name}: the judge is not asked`);
  }
}
