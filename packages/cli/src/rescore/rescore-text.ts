/** Formats the output of `score`: every reward and its parts before and now, then failures, then completions worth reading. */
import { spoken, turnText } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { excerpt } from '../render/excerpt.ts';
import { formatDifference, formatFigure } from '../render/format.ts';
import { renderTable } from '../render/table.ts';
import type { Comparison, CountChange, FigureChange, RewardChange } from './comparison.ts';
import type { Mark, Notable } from './notable.ts';
import type { RescoreCounts } from './rescore.ts';

const ABSENT = '–';

/** One row per reward, its parts below it, and the weighted sum at the end. */
export function comparisonTable({ rewards, sum }: Comparison, width?: number): string {
  const header = ['', 'stored', 'now', 'change', 'completions changed', 'failed', 'abstained'];
  const rows = rewards.flatMap((reward) => [
    [
      titleOf(reward),
      ...figureCells(reward.value, reward.isStored && reward.isNow),
      ...[reward.failed, reward.abstained].map((counts) => countCell(counts, reward)),
    ],
    ...[...reward.parts].map(([name, figure]) => [
      `  ${name}`,
      ...figureCells(figure, reward.isStored && reward.isNow),
    ]),
  ]);
  return renderTable(header, [...rows, ['weighted sum', ...figureCells(sum, true)]], width);
}

function titleOf({ name, isStored, isNow }: RewardChange): string {
  if (isStored && isNow) return name;
  return isStored ? `${name} (only stored)` : `${name} (new)`;
}

function figureCells({ stored, now, changed }: FigureChange, onBoth: boolean): readonly string[] {
  const difference = stored && now ? formatDifference(now.mean - stored.mean) : ABSENT;
  return [
    stored === undefined ? ABSENT : formatFigure(stored.mean),
    now === undefined ? ABSENT : formatFigure(now.mean),
    onBoth ? difference : ABSENT,
    onBoth ? String(changed) : ABSENT,
  ];
}

function countCell({ stored, now }: CountChange, { isStored, isNow }: RewardChange): string {
  return `${isStored ? stored : ABSENT} → ${isNow ? now : ABSENT}`;
}

/** The numbers of groups and completions, and of broken lines and incomplete groups. */
export function countsText(counts: RescoreCounts): string {
  const { groups, completions, brokenLines, incompleteGroups } = counts;
  return [
    `${counted(completions, 'completion')} in ${counted(groups, 'group')}`,
    ...(brokenLines > 0 ? [`${counted(brokenLines, 'broken line')} skipped`] : []),
    ...(incompleteGroups > 0
      ? [
          `completions are missing from ${counted(incompleteGroups, 'group')}, where rewards that compare completions may differ`,
        ]
      : []),
  ].join('; ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A sentence for the case that every outcome is the same as before. */
export function unchangedText({ rewards, completions }: Comparison): string | undefined {
  const isUnchanged = rewards.every(
    ({ isStored, isNow, value, parts }) =>
      isStored &&
      isNow &&
      value.changed === 0 &&
      [...parts.values()].every(({ changed }) => changed === 0),
  );
  return isUnchanged
    ? `Nothing changed: the outcomes of all ${counted(completions, 'completion')} are the same.`
    : undefined;
}

/** One line per reason for which a reward fails now. */
export function failureTexts({ rewards }: Comparison): readonly string[] {
  return rewards.flatMap(({ name, failures }) =>
    failures.map(
      ([reason, count]) => `failed: ${name} on ${counted(count, 'completion')}: ${reason}`,
    ),
  );
}

/** A completion with its outcomes before and now. */
export function notableText({ stored, now, marks }: Notable): string {
  const { step, sampleId, kind, completion, solution, opened, text } = stored;
  const how = marks.map(markText).join('; ');
  const names = [...new Set([...Object.keys(now.outcomes), ...Object.keys(stored.outcomes)])];
  const width = Math.max(...['truth', 'said', 'sum', ...names].map(({ length }) => length));
  const line = (title: string, words: string): string => `  ${title.padEnd(width)}  ${words}`;
  return [
    `${how}: step ${step}, sample ${sampleId}, ${kind}, completion ${completion}`,
    line('truth', solution),
    line('said', excerpt(turnText(opened, text))),
    ...names.map((name) => line(name, outcomesText(stored.outcomes[name], now.outcomes[name]))),
    line('sum', `${sumText(stored.reward)} → ${sumText(now.reward)}`),
  ].join('\n');
}

function markText({ why, reward, figure }: Mark): string {
  return why === 'moved'
    ? `${reward} moved by ${formatFigure(figure)}`
    : `${why} ${reward}: ${formatFigure(figure)}`;
}

function outcomesText(stored: RewardOutcome | undefined, now: RewardOutcome | undefined): string {
  if (stored === undefined || now === undefined) {
    return stored === undefined ? `new: ${spoken(now!)}` : `${spoken(stored)}, only stored`;
  }
  const [before, after] = [spoken(stored), spoken(now)];
  return before === after ? `${after}, as before` : `${before} → ${after}`;
}

function sumText(reward: number | null): string {
  return reward === null
    ? 'none (every reward abstained, or one of the group failed)'
    : formatFigure(reward);
}
