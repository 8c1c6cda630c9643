/** Compares two stored evaluations of the same items by their stored verdicts, and finds the items that flipped. */
import { recordDifferences } from '@loci/core';
import type { ComparisonView, FlipView } from '../wire/wire.ts';
import { itemView, scorersOf } from './evaluation-view.ts';
import type { KeptEvaluation } from './evaluation-view.ts';

/** An item flips when its scores differ by at least this much. */
const FLIP = 0.5;
/** Most flips to send. */
const MOST = 400;

type KeptItem = ReturnType<typeof itemView>;

/** Compares the answers to the frames as filmed, with the wanted scorer, or the first one that both have. */
export function compareKept(
  first: KeptEvaluation,
  second: KeptEvaluation,
  wanted: string | undefined,
): ComparisonView {
  const shared = scorersOf(first).filter((name) => scorersOf(second).includes(name));
  const scorer = wanted !== undefined && shared.includes(wanted) ? wanted : (shared[0] ?? '');
  const [one, two] = [byId(first, scorer), byId(second, scorer)];
  const pairs = [...one].flatMap(([id, item]) => {
    const other = two.get(id);
    return other === undefined || item.score === null || other.score === null
      ? []
      : [{ first: item, second: other, gain: other.score - item.score }];
  });
  const flipped = pairs
    .filter(({ gain }) => Math.abs(gain) >= FLIP)
    .toSorted((a, b) => b.gain - a.gain);
  const gained = flipped.filter(({ gain }) => gain > 0);
  const lost = flipped.filter(({ gain }) => gain < 0);
  return {
    scorer,
    shared: pairs.length,
    first: mean(pairs.map((pair) => pair.first.score!)),
    second: mean(pairs.map((pair) => pair.second.score!)),
    gained: gained.length,
    lost: lost.length,
    flips: [...gained.slice(0, MOST / 2), ...lost.slice(-MOST / 2)].map(flipView),
    differences:
      first.record === undefined || second.record === undefined
        ? []
        : recordDifferences(first.record, second.record),
  };
}

function byId({ rows }: KeptEvaluation, scorer: string): ReadonlyMap<string, KeptItem> {
  return new Map(
    rows
      .filter(({ condition, sample }) => condition === 'as-filmed' && sample === undefined)
      .map((row) => [row.item.id, itemView(row, scorer)]),
  );
}

function flipView(pair: { readonly first: KeptItem; readonly second: KeptItem }): FlipView {
  const { id, task, question, answer } = pair.first;
  const side = ({ score, normalised, output }: KeptItem): FlipView['first'] => ({
    ...{ score, output },
    ...(normalised !== undefined && { normalised }),
  });
  return { id, task, question, answer, first: side(pair.first), second: side(pair.second) };
}

function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
