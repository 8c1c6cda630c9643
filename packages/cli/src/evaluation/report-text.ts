/** Formats the report of an evaluation for the terminal. */
import type { EvaluationReport, ScorerResult, SilentItem, StoredReport } from '@loci/core';
import { renderTable } from '../render/table.ts';
import {
  describeEngine,
  describeExtra,
  describeAskedFrames,
  describeModel,
  describePart,
  describePolicy,
  describePrompt,
  describeSampling,
  describeShown,
} from './describe-record.ts';
import {
  conditionTable,
  estimateTable,
  languageSentence,
  publishedTable,
  scorerTable,
} from './report-tables.ts';

const SHOWN_REASONS = 5;

/** The settings of the evaluation, line by line, to show above its scores. */
export function headLines({
  record,
  facts,
  report,
}: StoredReport): readonly (readonly [string, string])[] {
  const { sampling, policy, judge, samples, versions } = record;
  const engine = describeEngine(record);
  const part = describePart(record);
  const of = facts.items === undefined ? '' : ` of ${facts.items}`;
  return [
    ['benchmark', `${facts.title}, ${report.items}${of} items`],
    ...(part === '' ? [] : [['part', part] as const]),
    ['model', describeModel(record)],
    ...(engine === '' ? [] : [['engine', engine] as const]),
    ...(judge ? [['judge', describePolicy(judge)] as const] : []),
    ['prompt', describePrompt(record)],
    ['frames', `${describeAskedFrames(record)}; shown: ${describeShown(report)}`],
    ['decoding', `${describeSampling(sampling)}${samplesOf(samples)}${describeExtra(policy)}`],
    ['answered', answeredLine(report)],
    ...spentLine(report),
    ...(versions?.['loci'] === undefined
      ? []
      : [['versions', `Loci ${versions['loci']}, Node ${versions['node']}`] as const]),
  ];
}

function samplesOf(samples: number): string {
  return samples === 1 ? '' : `, ${samples} answers an item`;
}

/**
 * The number of answers behind the scores, as the first scorer counts them. A headline must show it, since missing answers change its
 * meaning; the row `unanswered` of the table agrees with it.
 */
function answeredLine({ conditions, notAsked, failed }: EvaluationReport): string {
  const asFilmed = (items: readonly SilentItem[]) =>
    items.filter(({ condition }) => condition === 'as-filmed').length;
  const [first] = conditions['as-filmed']?.scorers ?? [];
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

function spentLine({ spent }: EvaluationReport): readonly (readonly [string, string])[] {
  if (spent === undefined) return [];
  const { promptTokens, completionTokens, cost, cached } = spent;
  const tokens = `${promptTokens} prompt and ${completionTokens} completion tokens`;
  const money = cost === undefined ? '' : `, cost ${cost.toFixed(4)}`;
  return [['spent', `${tokens}${money}, ${cached} answers kept from before`]];
}

/** Items without an answer: how many, and the first reasons. */
export function silentLines({ notAsked, failed, cutOff }: EvaluationReport): readonly string[] {
  const list = (title: string, items: readonly SilentItem[]) =>
    items.length === 0
      ? []
      : [
          `${items.length} ${title}`,
          ...items
            .slice(0, SHOWN_REASONS)
            .map(({ condition, id, reason }) => `  ${id} (${condition}): ${reason}`),
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

/** The description of each scorer, and the errors with which its original script would end. */
export function scorerNotes(results: readonly ScorerResult[]): readonly string[] {
  return results.map(
    ({ scorer, description, referenceErrors: { count, first } }) =>
      `${scorer}: ${description}` +
      (count === 0
        ? ''
        : ` The original would end with an error on ${count} of these, first: ${first}.`),
  );
}

/**
 * The whole report, as text for the terminal.
 *
 * @param width most columns of a table.
 */
export function terminalReport(reported: StoredReport, width = Number.POSITIVE_INFINITY): string {
  const { facts, report } = reported;
  const results = report.conditions['as-filmed']?.scorers ?? [];
  const table = ({ header, rows }: ReturnType<typeof scorerTable>) =>
    renderTable(header, rows, width);
  const titleWidth = Math.max(...headLines(reported).map(([title]) => title.length));
  const conditions = conditionTable(report);
  const estimates = estimateTable(report);
  const sentence = languageSentence(report, facts);
  const published = publishedTable(facts);
  return [
    headLines(reported)
      .map(([title, text]) => `${title.padEnd(titleWidth)}  ${text}`)
      .join('\n'),
    table(scorerTable(results, facts)),
    scorerNotes(results).join('\n'),
    silentLines(report).join('\n'),
    estimates && table(estimates),
    conditions && table(conditions),
    sentence,
    published && table(published),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
}
