/** The report of an evaluation as a page: one file, no script, nothing fetched. */
import type { EntryDifference, ScorerComparison, StoredReport } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { renderPage, tableHtml } from '../page/page.ts';
import type { Section } from '../page/page.ts';
import { describeModel } from './describe-record.ts';
import {
  conditionTable,
  differenceTable,
  entryTable,
  estimateTable,
  languageSentence,
  publishedTable,
  scorerTable,
  shownAnswer,
} from './report-tables.ts';
import { headLines, scorerNotes, silentLines } from './report-text.ts';

/** The page of one evaluation. */
export function reportPage(reported: StoredReport): string {
  const { facts, report, record } = reported;
  const results = report.conditions['as-filmed']?.scorers ?? [];
  const conditions = conditionTable(report);
  const estimates = estimateTable(report);
  const sentence = languageSentence(report, facts);
  const published = publishedTable(facts);
  const silent = silentLines(report);
  const sections: Section[] = [
    { title: 'What was asked of whom', body: definitions(headLines(reported)) },
    {
      title: 'Scores',
      body: html`${tableHtml(scorerTable(results, facts))} ${paragraphs(scorerNotes(results))}`,
    },
    ...(silent.length === 0
      ? []
      : [{ title: 'Without an answer', body: html`<pre>${silent.join('\n')}</pre>` }]),
    ...(estimates === undefined
      ? []
      : [{ title: 'Several answers to an item', body: tableHtml(estimates) }]),
    ...(conditions === undefined
      ? []
      : [
          {
            title: 'Does it look?',
            body: html`${tableHtml(conditions)}
            ${paragraphs(sentence === undefined ? [] : [sentence])}`,
          },
        ]),
    ...(published === undefined
      ? []
      : [{ title: 'What others published', body: tableHtml(published) }]),
  ];
  return renderPage(`${facts.title}`, describeModel(record), sections);
}

/** The page of a comparison; `head` says of what, `differing` names the settings that differ, `warnings` what differs by item. */
export function comparisonPage(
  title: string,
  names: readonly [string, string],
  head: readonly (readonly [string, string])[],
  differing: readonly EntryDifference[],
  warnings: readonly string[],
  comparisons: readonly ScorerComparison[],
): string {
  return renderPage(title, `${names[0]} against ${names[1]}`, [
    {
      title: 'What is compared',
      body: html`${definitions([...head, ...warnings.map((line) => ['', line] as const)])}`,
    },
    ...(differing.length === 0
      ? []
      : [{ title: 'What differs', body: tableHtml(entryTable(differing, names)) }]),
    ...comparisons.map((comparison) => ({
      title: comparison.scorer,
      body: html`${tableHtml(differenceTable(comparison, names))}
        <h3>Flipped: ${comparison.flipped.length}</h3>
        ${tableHtml({
          header: ['item', 'task', 'question', 'truth', ...names],
          rows: comparison.flipped.map(({ id, task, question, answer, first, second }) => [
            id,
            task,
            question,
            answer,
            shownAnswer(first.answer),
            shownAnswer(second.answer),
          ]),
        })}`,
    })),
  ]);
}

function definitions(lines: readonly (readonly [string, string])[]): Html {
  return html`<table>
    ${lines.map(
      ([title, text]) =>
        html`<tr>
          <td>${title}</td>
          <td class="words">${text}</td>
        </tr>`,
    )}
  </table>`;
}

function paragraphs(texts: readonly string[]): Html {
  return html`${texts.map((text) => html`<p class="faint">${text}</p>`)}`;
}
