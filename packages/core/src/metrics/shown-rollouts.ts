/** Which rollouts of a step a sink shows, and their Markdown: a step has more rollouts than anybody reads. */
import { z } from 'zod';
import type { LoggedRollout } from '../spec/index.ts';

/** Options of sinks that show rollouts. */
export const shownRolloutOptions = {
  rolloutsEvery: z
    .int()
    .nonnegative()
    .default(10)
    .describe('shows rollouts every so many steps; 0: never'),
  rollouts: z
    .int()
    .positive()
    .default(4)
    .describe('rollouts shown of such a step, half the best and half the worst'),
};

/** How many rollouts are shown, and how often. */
export interface ShownRolloutOptions {
  readonly rolloutsEvery: number;
  readonly rollouts: number;
}

/** The rollouts to show of a step, best first, at most one a sample; none for a step that is left out. */
export function shownRollouts(
  step: number,
  all: readonly LoggedRollout[],
  { rolloutsEvery, rollouts: count }: ShownRolloutOptions,
): readonly LoggedRollout[] {
  if (rolloutsEvery === 0 || step % rolloutsEvery !== 0) return [];
  const ranked = all
    .filter(({ reward }) => reward !== null)
    .toSorted((a, b) => b.reward! - a.reward!);
  const best = distinct(ranked, Math.ceil(count / 2));
  const taken = new Set(best.map(({ sampleId }) => sampleId));
  const rest = ranked.filter(({ sampleId }) => !taken.has(sampleId));
  return [...best, ...distinct(rest.toReversed(), count - best.length).toReversed()];
}

/** The first of each sample. */
function distinct(ranked: readonly LoggedRollout[], count: number): readonly LoggedRollout[] {
  const bySample = new Map<string, LoggedRollout>();
  for (const one of ranked) if (!bySample.has(one.sampleId)) bySample.set(one.sampleId, one);
  return [...bySample.values()].slice(0, count);
}

/** The true answer without its tags. */
export function truthOf({ solution }: Pick<LoggedRollout, 'solution'>): string {
  return solution.replaceAll(/<\/?answer>/gu, '').trim();
}

/** A rollout as Markdown. The model's text is in a code block that it cannot close. */
export function rolloutMarkdown(rollout: LoggedRollout): string {
  const { kind, sampleId, problem, options, opened = '', text, reward, outcomes } = rollout;
  const rewards = Object.entries(outcomes).map(([name, outcome]) => {
    const result = outcome.status === 'scored' ? figure(outcome.value) : outcome.status;
    return `${name} ${result}`;
  });
  const choices = options.length === 0 ? [] : [fenced(options.join('\n'))];
  return [
    `**reward ${reward === null ? 'none' : figure(reward)}** (${rewards.join(', ')}), ${inline(kind)}, ${inline(sampleId)}`,
    fenced(problem),
    ...choices,
    `truth: ${inline(truthOf(rollout))}`,
    fenced(opened + text),
  ].join('\n\n');
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** In a fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

function inline(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text.replaceAll(/\s+/gu, ' ')} ${fence}`;
}

/** A table as Markdown. */
export function tableMarkdown(
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const line = (cells: readonly (string | number | null)[]): string =>
    `| ${cells.map(cellText).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** A cell is one line, and its markup is escaped; backslashes first. */
function cellText(cell: string | number | null): string {
  if (cell === null) return '–';
  if (typeof cell === 'number') return figure(cell);
  return cell
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\\`*_{}[\]<>()#|!]/gu, (character) => `\\${character}`);
}
