/** Renders the report of an evaluation, or of a comparison, as one HTML file without scripts or external resources. */
import type { BenchmarkFacts, EntryDifference, ScorerComparison, StoredReport } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { renderPage, tableHtml } from '../page/page.ts';
import type { Fact, Section } from '../page/page.ts';
import { formatPercent } from '../render/format.ts';
import { createFrameSource } from '../page/frames.ts';
import type { FrameSource } from '../page/frames.ts';
import { answerText, isRight, itemHtml, readItems, scoreOf, truthText } from '../page/items.ts';
import type { AnsweredItem } from '../page/items.ts';
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
import { scoreBars } from './score-bars.ts';

/** Items shown with their frames in each section. */
const SHOWN = 6;
/** Most items in the list of all; predictions.jsonl has every one. */
const MOST_LISTED = 500;

/**
 * The page of one evaluation.
 *
 * @param directory folder of its answers, from which the page shows items.
 */
export async function reportPage(reported: StoredReport, directory: string): Promise<string> {
  const { facts, report } = reported;
  const results = report.conditions['as-filmed']?.scorers ?? [];
  const sentence = languageSentence(report, facts);
  const items = readItems(directory);
  const frames = createFrameSource(directory);
  const sections: readonly (Section | undefined)[] = [
    {
      title: 'Scores',
      body: html`${tableHtml(scorerTable(results, facts))} ${paragraphs(scorerNotes(results))}`,
    },
    await itemsSection('Failures', failuresOf(items), frames),
    await itemsSection('Right answers', items.filter(isRight), frames),
    tableSection('Several answers to an item', estimateTable(report)),
    tableSection('Does it look?', conditionTable(report)),
    silentSection(report),
    tableSection('What others published', publishedTable(facts)),
    allItemsSection(items),
  ];
  const head = {
    title: facts.title,
    eyebrow: `Evaluation · ${facts.title}`,
    headline: headlineOf(reported),
    lead: leadOf(facts, sentence),
    picture: scoreBars(report, facts),
    facts: headLines(reported).filter(([term]) => term !== 'benchmark'),
  };
  return renderPage(
    head,
    sections.filter((section) => section !== undefined),
  );
}

/** `61.2 % on VSI-Bench: 100 items, 95 % interval 57.0 to 65.1`. */
function headlineOf({ facts, report }: StoredReport): string {
  const headline = report.conditions['as-filmed']?.scorers[0]?.headline;
  if (headline === undefined || !Number.isFinite(headline.value)) {
    return `No answer to ${facts.title} could be scored`;
  }
  const { value, low, high, count } = headline;
  const interval =
    Number.isFinite(low) && Number.isFinite(high)
      ? `, 95 % interval ${formatPercent(low)} to ${formatPercent(high)}`
      : '';
  return `${formatPercent(value)} % on ${facts.title}: ${count} items${interval}`;
}

function leadOf({ chance: [chance], measures }: BenchmarkFacts, sentence: string | undefined) {
  const guess = chance === undefined ? [] : [`Guessing scores ${chance.percent.toFixed(1)} %.`];
  return [measures, ...guess, ...(sentence === undefined ? [] : [sentence])].join(' ');
}

/** Wrong answers, taken in turn from each task, and the worst first within a turn. */
function failuresOf(items: readonly AnsweredItem[]): readonly AnsweredItem[] {
  const wrong = items.filter((item) => scoreOf(item) !== undefined && !isRight(item));
  const turns = new Map<string, number>();
  const turnOf = new Map(
    wrong.map((item) => {
      const { task } = item.row.item;
      const turn = turns.get(task) ?? 0;
      turns.set(task, turn + 1);
      return [item, turn] as const;
    }),
  );
  return wrong.toSorted((a, b) => turnOf.get(a)! - turnOf.get(b)! || scoreOf(a)! - scoreOf(b)!);
}

async function itemsSection(
  title: string,
  items: readonly AnsweredItem[],
  frames: FrameSource,
): Promise<Section | undefined> {
  if (items.length === 0) return undefined;
  const shown = items.slice(0, SHOWN);
  const cards = await Promise.all(shown.map((item) => itemHtml([['answer', item]], frames)));
  const count = items.length > shown.length ? `${shown.length} of ${items.length}.` : '';
  return {
    title,
    body: html`${paragraphs(count === '' ? [] : [count])}
      <div class="cards">${cards}</div>`,
  };
}

function tableSection(
  title: string,
  table: Parameters<typeof tableHtml>[0] | undefined,
): Section | undefined {
  if (table === undefined || table.rows.length === 0) return undefined;
  return { title, body: tableHtml(table) };
}

function silentSection(report: StoredReport['report']): Section | undefined {
  const silent = silentLines(report);
  if (silent.length === 0) return undefined;
  return { title: 'Without an answer', body: html`<pre>${silent.join('\n')}</pre>` };
}

function allItemsSection(items: readonly AnsweredItem[]): Section | undefined {
  if (items.length === 0) return undefined;
  const listed = items.slice(0, MOST_LISTED);
  const more =
    items.length > listed.length
      ? [`The first ${listed.length} of ${items.length}; predictions.jsonl has all.`]
      : [];
  return {
    title: 'All items',
    body: html`<details>
      <summary>${items.length} items with truth, answer and score</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="All items">
        <table>
          <thead>
            <tr>
              ${['item', 'task', 'question', 'truth', 'answer', 'score'].map((title) => html`<th scope="col" class="words">${title}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${listed.map(itemRow)}
          </tbody>
        </table>
      </div>
      ${paragraphs(more)}
    </details>`,
  };
}

function itemRow(item: AnsweredItem): Html {
  const { id, task, question } = item.row.item;
  const score = scoreOf(item);
  const cells = [id, task, question, truthText(item), shownAnswer(answerText(item))];
  return html`<tr>
    ${cells.map((cell) => html`<td class="words">${cell}</td>`)}
    <td>${score === undefined ? '–' : score.toFixed(2)}</td>
  </tr>`;
}

/** The page of a comparison. @param head describes both evaluations. @param differing settings. @param warnings about items that differ. */
export function comparisonPage(
  title: string,
  names: readonly [string, string],
  head: readonly (readonly [string, string])[],
  differing: readonly EntryDifference[],
  warnings: readonly string[],
  comparisons: readonly ScorerComparison[],
): string {
  const page = {
    title,
    eyebrow: `Comparison · ${title} · ${names[0]} against ${names[1]}`,
    headline: comparisonHeadline(names, comparisons[0]),
    facts: [...head, ...warnings.map((line): Fact => ['warning', line])],
  };
  return renderPage(page, [
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

/** The result of the comparison under the first scorer. */
function comparisonHeadline(
  [first, second]: readonly [string, string],
  comparison: ScorerComparison | undefined,
): string {
  if (comparison === undefined) return `${first} against ${second}`;
  const { headline } = comparison;
  const ends = `from ${formatPercent(headline.first)} % to ${formatPercent(headline.second)} %`;
  if (headline.low > 0 || headline.high < 0) {
    return `${headline.change > 0 ? 'Up' : 'Down'} ${ends}, from ${first} to ${second}`;
  }
  return `No clear difference: ${ends}, from ${first} to ${second}`;
}

function paragraphs(texts: readonly string[]): Html {
  return html`${texts.map((text) => html`<p class="faint">${text}</p>`)}`;
}
