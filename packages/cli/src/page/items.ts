/** Reads items of evaluations with their answers, and renders them for reports. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, extractMapText, parseCognitiveMap, readPredictions } from '@loci/core';
import type { CognitiveMap, PredictionLine, PredictionRow, Verdict } from '@loci/core';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { formatFigure } from '../render/format.ts';
import type { FrameSource } from './frames.ts';
import { mapsHtml } from './map-pair.ts';

/** Lowest score of an answer that counts as right, for sorting. */
const RIGHT = 0.5;

/** An answer as filmed, with the verdict of the first scorer. */
export interface AnsweredItem {
  readonly row: PredictionRow;
  /** Absent where the scorer does not count the item, or no verdict was stored. */
  readonly verdict?: Verdict;
}

/** The first answers to the items of an evaluation as filmed, in the order of the file; empty where the folder has none. */
export function readItems(folder: string): readonly AnsweredItem[] {
  const path = join(folder, 'predictions.jsonl');
  if (!existsSync(path)) return [];
  try {
    return [...readPredictions(path).values()].flatMap((row) =>
      row.condition === 'as-filmed' && row.sample === undefined ? [answeredItem(row)] : [],
    );
  } catch (thrown) {
    // The report shows what can be read; its figures come from another file.
    if (LociError.is(thrown) && thrown.code === 'predictions-invalid') return [];
    throw thrown;
  }
}

function answeredItem(row: PredictionRow): AnsweredItem {
  const { verdicts } = row as Partial<PredictionLine>;
  const verdict = Object.values(verdicts ?? {})[0];
  return { row, ...(verdict?.counted === true && { verdict }) };
}

/** 1 for a full score, 0 for none; undefined where there is no verdict. */
export function scoreOf({ verdict }: AnsweredItem): number | undefined {
  return verdict?.score;
}

/** Whether an answer is nearer to a full score than to none. */
export function isRight(item: AnsweredItem): boolean {
  return (scoreOf(item) ?? 0) >= RIGHT;
}

/** A short form of the answer: as the scorer read it, else the text between its tags, else its beginning; `none` without one. */
export function answerText({ row: { prediction }, verdict }: AnsweredItem): string {
  if (prediction.status !== 'answered' || verdict?.answered === false) return 'none';
  if (verdict?.normalised !== undefined && verdict.normalised !== '') return verdict.normalised;
  const tagged = /<answer>([^]*?)<\/answer>/u.exec(prediction.output)?.[1];
  const line = (tagged ?? prediction.output).replaceAll(/\s+/gu, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

/** The true answer without its tags. */
export function truthText({ row: { item } }: AnsweredItem): string {
  return item.answer.replaceAll(/<\/?answer>/gu, '').trim();
}

/** An answer under its title, colored by its score. */
function answerHtml(title: string, item: AnsweredItem): Html {
  const score = scoreOf(item);
  const tone = score === undefined ? '' : isRight(item) ? 'good' : 'bad';
  return html`<span
    >${title}
    <b class="${tone}">${answerText(item)}</b>
    ${score === undefined ? html`` : html`<span class="faint">score ${formatFigure(score)}</span>`}</span
  >`;
}

/** One item: question, frames, truth, its answers under their titles, maps, and the full texts. */
export async function itemHtml(
  answers: readonly (readonly [title: string, item: AnsweredItem])[],
  frames: FrameSource,
): Promise<Html> {
  const [, newest] = answers.at(-1)!;
  const { item, media = [] } = newest.row;
  const strip = await frames.strip(media);
  return html`<article class="card">
    <div class="question">${item.question}</div>
    ${item.options.length === 0 ? html`` : html`<div>${item.options.join(' · ')}</div>`} ${strip}
    <div class="answers">
      <span>truth <b>${truthText(newest)}</b></span>
      ${answers.map(([title, one]) => answerHtml(title, one))}
    </div>
    ${mapsHtml(item.map, imaginedMap(newest))}
    <details>
      <summary>What the model wrote</summary>
      ${answers.map(
        ([title, one]) =>
          html`${answers.length > 1 ? html`<div class="faint">${title}</div>` : html``}
            <pre>${writtenText(one)}</pre>`,
      )}
    </details>
    <div class="faint">${item.task}, ${item.id}${reasonText(newest)}</div>
  </article>`;
}

function reasonText({ verdict }: AnsweredItem): string {
  return verdict?.reason === undefined ? '' : `: ${verdict.reason}`;
}

function writtenText({ row: { prediction } }: AnsweredItem): string {
  return prediction.status === 'answered' ? prediction.output : prediction.reason;
}

function imaginedMap({ row: { prediction, item } }: AnsweredItem): CognitiveMap | undefined {
  const text = prediction.status === 'answered' ? extractMapText(prediction.output) : undefined;
  if (text === undefined) return undefined;
  const map = parseCognitiveMap(text, Object.keys(item.map ?? {}), { keepUnlisted: true });
  return Object.keys(map).length === 0 ? undefined : map;
}
