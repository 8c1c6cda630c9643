/** Formats the output of `validate`: a table of all rewards, then broken rules, warnings and quirks. */
import { REWARD_RULES } from '@loci/core';
import type { FoundBreach, RewardReport, RewardRule, Sample } from '@loci/core';
import { excerpt } from '../render/excerpt.ts';
import { formatFigure } from '../render/format.ts';
import { renderTable } from '../render/table.ts';
import { sortOf } from './pick-samples.ts';

const ABSENT = '–';

/** Remedy for a breach of `gold` or `garbage`. */
const EXAMPLES_HINT =
  'If another text than the true answer may earn the most, or nonsense may earn something, give the reward `examples` that show it.';

/** The rewards whose contract is broken. */
export function brokenRewards(reports: readonly RewardReport[]): readonly string[] {
  return reports.flatMap(({ name, breaches }) => (breaches.length > 0 ? [name] : []));
}

/** One line per reward: mean values, abstentions, times, and whether it keeps the contract. */
export function validationTable(reports: readonly RewardReport[], width?: number): string {
  const header = [
    'reward',
    'range',
    'true answer',
    'wrong',
    'garbage',
    'silent on',
    'median',
    'worst',
    '100 kB text',
    'contract',
  ];
  const rows = reports.map((report) => [
    report.name,
    report.range.map((bound) => String(bound)).join('…'),
    ...(['gold', 'wrong', 'garbage'] as const).map((role) => {
      const mean = report.means[role];
      return mean === undefined ? ABSENT : formatFigure(mean);
    }),
    report.samples === 0 ? ABSENT : `${report.silent} of ${report.samples}`,
    ...[report.medianMs, report.worstMs, report.longestMs].map(formatTime),
    verdictOf(report),
  ]);
  return renderTable(header, rows, width);
}

/**
 * Every broken rule with its first example, then warnings and quirks; empty when there are none.
 *
 * @param withQuirks whether to list breaches that `compat` causes.
 */
export function findingsText(
  reports: readonly RewardReport[],
  samples: readonly Sample[],
  withQuirks = true,
): readonly string[] {
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const breaches = reports.flatMap((report) => breachTexts(report, byId));
  const hasHint = reports.some((report) =>
    report.breaches.some(({ rule }) => rule === 'gold' || rule === 'garbage'),
  );
  return [
    ...breaches,
    ...(hasHint ? [EXAMPLES_HINT] : []),
    ...reports.flatMap(warningTexts),
    ...(withQuirks ? reports.flatMap((report) => quirkTexts(report, byId)) : []),
  ];
}

/** `12 µs`, `3.4 ms`, `1.2 s`. */
export function formatTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return ABSENT;
  if (milliseconds < 0.0995)
    return `${(milliseconds * 1000).toFixed(milliseconds < 0.01 ? 1 : 0)} µs`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function verdictOf({ breaches, samples, silent, blocked }: RewardReport): string {
  const rules = new Set(breaches.map(({ rule }) => rule)).size;
  if (rules > 0) return rules === 1 ? '1 rule broken' : `${rules} rules broken`;
  if (samples === 0) return blocked > 0 ? 'not tried' : ABSENT;
  return silent === samples ? 'says nothing' : 'kept';
}

type SamplesById = ReadonlyMap<string, Sample>;

function breachTexts(
  { name, breaches, hung }: RewardReport,
  samples: SamplesById,
): readonly string[] {
  return [...byRule(breaches)].map(([rule, found]) =>
    [
      `broken: ${name}: ${REWARD_RULES[rule]}`,
      ...exampleLines(found, samples),
      ...(hung ? ['  it was not tested on further samples'] : []),
    ].join('\n'),
  );
}

/** The first breach with its sample and completion, and the number of other samples with a breach. */
function exampleLines(found: readonly FoundBreach[], samples: SamplesById): readonly string[] {
  const [{ sampleId, said, completion }] = found as readonly [FoundBreach];
  const sample = samples.get(sampleId);
  const others = new Set(found.map((breach) => breach.sampleId)).size - 1;
  return [
    `  sample      ${sampleId}${sample === undefined ? '' : `, ${sortOf(sample)}, truth ${sample.solution}`}`,
    ...(completion === undefined
      ? []
      : [`  completion  ${excerpt(completion.text)} (${tokens(completion.tokenCount)})`]),
    `  said        ${said}`,
    ...(others === 0 ? [] : [`  also on ${others} more ${others === 1 ? 'sample' : 'samples'}`]),
  ];
}

function tokens(count: number): string {
  return count === 1 ? '1 token' : `${count} tokens`;
}

function warningTexts(report: RewardReport): readonly string[] {
  const { name, silent, silence, blocked, blockedBy } = report;
  return [
    ...(silent > 0 && silent === report.samples
      ? [`warning: ${name} said nothing about any of ${silent} samples: ${silence}`]
      : []),
    ...(blocked > 0
      ? [`warning: ${name} was not tested on ${blocked} samples, on which ${blockedBy} failed`]
      : []),
  ];
}

function quirkTexts({ name, quirks }: RewardReport, samples: SamplesById): readonly string[] {
  return [...byRule(quirks)].map(([rule, found]) =>
    [
      `quirk: ${name} breaks a rule only with compat, as its reference does: ${REWARD_RULES[rule]}`,
      ...exampleLines(found, samples),
    ].join('\n'),
  );
}

function byRule(breaches: readonly FoundBreach[]): ReadonlyMap<RewardRule, readonly FoundBreach[]> {
  const rules = new Map<RewardRule, FoundBreach[]>();
  for (const breach of breaches) {
    const found = rules.get(breach.rule);
    if (found === undefined) rules.set(breach.rule, [breach]);
    else found.push(breach);
  }
  return rules;
}
