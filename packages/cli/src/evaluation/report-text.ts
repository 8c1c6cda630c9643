/** The report of an evaluation for the terminal. */
import type {
  Benchmark,
  BenchmarkReport,
  EvaluationPlan,
  ScorerResult,
  SilentItem,
} from '@loci/core';
import type { AskedPart } from './asked-part.ts';
import { renderTable } from '../render/table.ts';
import {
  describeExtra,
  describePlannedFrames,
  describeModel,
  describePart,
  describePolicy,
  describePrompt,
  describeSampling,
  describeShown,
} from './describe-setup.ts';
import { languageSentence, passTable, publishedTable, scorerTable } from './report-tables.ts';

/** What a report speaks of. */
export interface Reported {
  readonly plan: EvaluationPlan;
  readonly facts: Benchmark['facts'];
  readonly report: BenchmarkReport;
  /** Of the rows that the folder keeps, those that the report is about; absent: all. */
  readonly asked?: AskedPart;
}

const SHOWN_REASONS = 5;

/** What was asked of whom and how, line by line: it stands above every score. */
export function headLines({
  plan,
  facts,
  report,
}: Reported): readonly (readonly [string, string])[] {
  const { sampling, policy, judge } = plan;
  const part = describePart(plan);
  const of = facts.items === undefined ? '' : ` of ${facts.items}`;
  return [
    ['benchmark', `${facts.title}, ${report.items}${of} items`],
    ...(part === '' ? [] : [['part', part] as const]),
    ['model', describeModel(plan)],
    ...(judge ? [['judge', describePolicy(judge)] as const] : []),
    ['prompt', describePrompt(plan)],
    ['frames', `${describePlannedFrames(plan)}; shown: ${describeShown(report)}`],
    ['decoding', `${describeSampling(sampling)}${describeExtra(policy)}`],
    ['answered', answeredLine(report)],
    ...spentLine(report),
  ];
}

/**
 * How many answers are behind the scores, as many as the first scorer takes for answers: a headline over missing ones must not go without it,
 * and the row `unanswered` below says the same.
 */
function answeredLine({ passes, notAsked, failed }: BenchmarkReport): string {
  const asFilmed = (items: readonly SilentItem[]) =>
    items.filter(({ pass }) => pass === 'as-filmed').length;
  const [first] = passes['as-filmed'] ?? [];
  const { items = 0, unanswered = 0, scorer = '' } = first ?? {};
  const [absent, vain] = [asFilmed(notAsked), asFilmed(failed)];
  const unread = Math.max(0, unanswered - absent - vain);
  return [
    `${items - unanswered} of ${items} items`,
    ...(absent === 0 ? [] : [`${absent} not asked`]),
    ...(vain === 0 ? [] : [`${vain} asked in vain`]),
    ...(unread === 0 ? [] : [`${unread} with a text in which ${scorer} finds no answer`]),
  ].join(', ');
}

function spentLine({ spent }: BenchmarkReport): readonly (readonly [string, string])[] {
  if (spent === undefined) return [];
  const { promptTokens, completionTokens, cost, cached } = spent;
  const tokens = `${promptTokens} prompt and ${completionTokens} completion tokens`;
  const money = cost === undefined ? '' : `, cost ${cost.toFixed(4)}`;
  return [['spent', `${tokens}${money}, ${cached} answers kept from before`]];
}

/** Items without an answer: how many, and the first reasons. */
export function silentLines({ notAsked, failed, cutOff }: BenchmarkReport): readonly string[] {
  const list = (title: string, items: readonly SilentItem[]) =>
    items.length === 0
      ? []
      : [
          `${items.length} ${title}`,
          ...items
            .slice(0, SHOWN_REASONS)
            .map(({ pass, id, reason }) => `  ${id} (${pass}): ${reason}`),
          ...(items.length > SHOWN_REASONS ? ['  … all of them in report.json'] : []),
        ];
  return [
    ...list('not asked (missing or unreadable media, too long):', notAsked),
    ...list('asked in vain (they are asked again by the same command):', failed),
    ...(cutOff === 0
      ? []
      : [
          `${cutOff} answers were cut off at the token limit (--max-new-tokens, with another --out)`,
        ]),
  ];
}

/** What a scorer says of itself, and why its original would not have come to an end. */
export function scorerNotes(results: readonly ScorerResult[]): readonly string[] {
  return results.map(
    ({ scorer, description, referenceErrors: { count, first } }) =>
      `${scorer}: ${description}` +
      (count === 0
        ? ''
        : ` The original would end with an error on ${count} of these, first: ${first}.`),
  );
}

/** The whole report. */
export function reportText(reported: Reported): string {
  const { facts, report } = reported;
  const results = report.passes['as-filmed'] ?? [];
  const table = ({ header, rows }: ReturnType<typeof scorerTable>) => renderTable(header, rows);
  const width = Math.max(...headLines(reported).map(([title]) => title.length));
  const passes = passTable(report);
  const sentence = languageSentence(report, facts);
  const published = publishedTable(facts);
  return [
    headLines(reported)
      .map(([title, text]) => `${title.padEnd(width)}  ${text}`)
      .join('\n'),
    table(scorerTable(results, facts)),
    scorerNotes(results).join('\n'),
    silentLines(report).join('\n'),
    passes && table(passes),
    sentence,
    published && table(published),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
}
