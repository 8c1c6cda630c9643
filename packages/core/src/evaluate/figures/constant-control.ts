import type { ScorableItem, Scorer } from '../../spec/index.ts';
import { average } from './bootstrap.ts';
import { groupByTask } from './means.ts';

/** The constant answer that scores best on the evaluated items: the strongest guess that looks at nothing. */
export interface ConstantControl {
  readonly score: number;
  /** By task, the answer and its score. */
  readonly tasks: Readonly<Record<string, { readonly answer: string; readonly score: number }>>;
}

/** Most candidates for one task. More distinct answers than this are thinned to evenly spaced ones. */
const MAX_CANDIDATES = 200;

/**
 * The best score that a single answer reaches on each task. The answer is chosen from the true answers of the same items that it is scored
 * on, so it bounds guesses that look at neither video nor question.
 */
export function constantControl(
  scorer: Pick<Scorer, 'score'>,
  items: readonly ScorableItem[],
): ConstantControl {
  const tasks: Record<string, { answer: string; score: number }> = {};
  let total = 0;
  for (const [task, rows] of Object.entries(groupByTask(items.map((item) => ({ item }))))) {
    let best = { answer: '', score: 0 };
    for (const answer of candidates(rows.map(({ item }) => item))) {
      const prediction = { status: 'answered', output: answer } as const;
      const verdicts = rows.map(({ item }) => scorer.score(item, prediction));
      const counted = verdicts.filter((verdict) => verdict.counted);
      const score = counted.length === 0 ? 0 : average(counted.map((verdict) => verdict.score));
      if (score > best.score) best = { answer: verdicts[0]?.normalised ?? answer, score };
    }
    tasks[task] = best;
    total += best.score * rows.length;
  }
  return { score: items.length === 0 ? 0 : total / items.length, tasks };
}

function candidates(items: readonly ScorableItem[]): readonly string[] {
  const distinct = [...new Set(items.map(({ answer }) => answer))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const stride = Math.max(1, distinct.length / MAX_CANDIDATES);
  const chosen = Math.min(distinct.length, MAX_CANDIDATES);
  return Array.from({ length: chosen }, (_, index) => distinct[Math.floor(index * stride)]!);
}
