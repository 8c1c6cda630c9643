/** Warns before an evaluation begins of flags that cannot take full effect. */
import type { Benchmark, BenchmarkItem } from '@loci/core';
import type { EvaluateFlags } from '../flags.ts';
import type { Progress } from '../render/progress.ts';

/** Prints a warning for missing media, and for flags without effect on these items. */
export function warnOfItems(
  benchmark: Benchmark,
  items: readonly BenchmarkItem[],
  flags: Pick<EvaluateFlags, 'look' | 'items' | 'judge'>,
  progress: Progress,
): void {
  const missing = items.flatMap((item) => item.missing ?? []);
  if (missing.length > 0) {
    progress.line(
      `warning: ${missing.length} of ${items.length} items are skipped, and count as wrong under scorers with that rule: ${missing[0]}`,
    );
  }
  const videos = items.some(({ media }) => media.some(({ kind }) => kind === 'video'));
  if (flags.look === true && !videos) {
    progress.line(
      `warning: no item of ${benchmark.name} has a video, so --look evaluates only with black pictures`,
    );
  }
  if (flags.items !== undefined && flags.items > items.length) {
    progress.line(
      `warning: ${benchmark.name} has ${items.length} items, fewer than --items ${flags.items}`,
    );
  }
  if (flags.judge !== undefined && benchmark.judgePrompt === undefined) {
    progress.line(
      `warning: rules decide every answer of ${benchmark.name}: the judge has no effect`,
    );
  }
}
