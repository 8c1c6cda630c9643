import type { BenchmarkRow, Scorer } from '../spec/index.ts';
import { average } from './bootstrap.ts';
import type { ConstantControl } from './report.ts';
import { groupByKind } from './summarise.ts';

/** Candidates tried for one kind; more distinct answers than this are thinned to evenly spread ones. */
const MAX_CANDIDATES = 200;

/**
 * The best that one and the same answer scores on each question kind. The answer is chosen on the very items that it is
 * scored on, among their true answers: no guess that looks at neither video nor question does better.
 */
export function constantControl(scorer: Scorer, rows: readonly BenchmarkRow[]): ConstantControl {
  const kinds: Record<string, { answer: string; accuracy: number }> = {};
  let total = 0;
  for (const [kind, kindRows] of Object.entries(groupByKind(rows))) {
    let best = { answer: '', accuracy: 0 };
    for (const answer of candidates(kindRows)) {
      const prediction = { status: 'answered', output: answer } as const;
      const verdicts = kindRows.map(({ item }) => scorer.score(item, prediction));
      const counted = verdicts.filter((verdict) => verdict.counted);
      const accuracy = counted.length === 0 ? 0 : average(counted.map(({ score }) => score));
      if (accuracy > best.accuracy) best = { answer: verdicts[0]?.normalised ?? answer, accuracy };
    }
    kinds[kind] = best;
    total += best.accuracy * kindRows.length;
  }
  return { accuracy: rows.length === 0 ? 0 : total / rows.length, kinds };
}

function candidates(rows: readonly BenchmarkRow[]): readonly string[] {
  const distinct = [...new Set(rows.map(({ item }) => item.answer))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const stride = Math.max(1, distinct.length / MAX_CANDIDATES);
  const chosen = Math.min(distinct.length, MAX_CANDIDATES);
  return Array.from({ length: chosen }, (_, index) => distinct[Math.floor(index * stride)]!);
}
