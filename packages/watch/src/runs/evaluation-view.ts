/** Prepares an evaluation for the page: its table, and its items with their answers. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, parseReport, readEvaluation, readEvaluationsOfRun } from '@loci/core';
import type {
  EvaluationRecord,
  EvaluationReport,
  Figure,
  PredictionLine,
  PredictionRow,
} from '@loci/core';
import type { EvaluationView, FigureView, ItemView, ScoreRow } from '../wire/wire.ts';
import { finiteOrNull } from './parsed.ts';
import { imaginedMap, mediumView } from './rollout-lines.ts';
import { imaginedDrawing, truthDrawing } from './scene-drawings.ts';

/** A filter of items; an absent field lets every item pass. */
export interface ItemQuery {
  readonly scorer?: string | undefined;
  readonly condition?: string | undefined;
  readonly task?: string | undefined;
  readonly text?: string | undefined;
  /** `wrong`: scores below a half; `right`; `silent`: without an answer. */
  readonly outcome?: 'wrong' | 'right' | 'silent' | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** A stored evaluation. */
export interface KeptEvaluation {
  readonly record?: EvaluationRecord;
  readonly report?: EvaluationReport;
  readonly title: string;
  readonly rows: readonly PredictionRow[];
}

const cache = new Map<string, { readonly stamp: string; readonly kept: KeptEvaluation }>();
/** Evaluations in memory. */
const CACHED = 8;

/**
 * Reads an evaluation, or reuses it from memory while its files are unchanged.
 *
 * @param key from `evaluationsIn`.
 * @throws LociError `no-evaluation`, and those of damaged files.
 */
export function readKept(runFolder: string, key: string): KeptEvaluation {
  const folder = key === '.' ? runFolder : join(runFolder, 'evaluations', key);
  const stamp = ['predictions.jsonl', 'report.json', '../' + key + '.json']
    .map((name) => join(folder, name))
    .map((path) => (existsSync(path) ? `${statSync(path).size}@${statSync(path).mtimeMs}` : '-'))
    .join();
  const known = cache.get(folder);
  if (known?.stamp === stamp) return known.kept;
  const kept = readAnew(runFolder, folder, key);
  cache.delete(folder);
  cache.set(folder, { stamp, kept });
  if (cache.size > CACHED) cache.delete(cache.keys().next().value!);
  return kept;
}

function readAnew(runFolder: string, folder: string, key: string): KeptEvaluation {
  const reportPath = join(folder, 'report.json');
  const stored = existsSync(reportPath)
    ? parseReport(readFileSync(reportPath, 'utf8'), reportPath)
    : undefined;
  if (existsSync(join(folder, 'predictions.jsonl'))) {
    const { record, rows } = readEvaluation(folder);
    const title = stored?.facts.title ?? record.benchmark.use;
    return { record, title, rows: [...rows.values()], ...(stored && { report: stored.report }) };
  }
  const ends = readEvaluationsOfRun(runFolder);
  const report =
    stored?.report ?? (key === 'before' ? ends.before : key === 'after' ? ends.after : undefined);
  if (report !== undefined) return { title: stored?.facts.title ?? key, rows: [], report };
  throw new LociError('no-evaluation', `There is no evaluation ${key}, or it has no answer yet`);
}

/** An evaluation with the page of its items that a query asks for. */
export function evaluationView(kept: KeptEvaluation, query: ItemQuery): EvaluationView {
  const { record, report, rows, title } = kept;
  const scorers = scorersOf(kept);
  const scorer =
    query.scorer !== undefined && scorers.includes(query.scorer)
      ? query.scorer
      : (scorers[0] ?? '');
  const items = rows
    .map((row, index) => ({ ...itemView(row, scorer), row: index }))
    .filter((item) => passes(item, query));
  return {
    title,
    model: record?.model ?? '',
    settings: record === undefined ? [] : settingsOf(record),
    scorers,
    scorer,
    conditions: [
      ...new Set([...Object.keys(report?.conditions ?? {}), ...rows.map((row) => row.condition)]),
    ],
    tasks: [...new Set(rows.map(({ item }) => item.task))].toSorted(),
    table: report === undefined ? [] : tableOf(report, query.condition ?? 'as-filmed'),
    matched: items.length,
    items: items.slice(query.offset, query.offset + query.limit),
  };
}

/** Names of the scorers of the answers, in the benchmark's order. */
export function scorersOf({ report, rows }: KeptEvaluation): readonly string[] {
  const reported = (report?.conditions['as-filmed']?.scorers ?? []).map(({ scorer }) => scorer);
  return reported.length > 0 ? reported : Object.keys(verdictsOf(rows[0]));
}

function verdictsOf(row: PredictionRow | undefined): PredictionLine['verdicts'] {
  return (row as Partial<PredictionLine> | undefined)?.verdicts ?? {};
}

/** An answer with a scorer's stored verdict. */
export function itemView(row: PredictionRow, scorer: string): Omit<ItemView, 'row'> {
  const { item, prediction, condition, sample, media } = row;
  const verdict = verdictsOf(row)[scorer];
  const output = prediction.status === 'answered' ? prediction.output : '';
  const { sceneMap } = item;
  const imagined = sceneMap ? undefined : imaginedMap(output, undefined, item.map);
  const drawing = sceneMap && imaginedDrawing(output, undefined, sceneMap);
  return {
    id: item.id,
    task: item.task,
    condition,
    question: item.question,
    options: item.options,
    answer: item.answer.replaceAll(/<\/?answer>/gu, '').trim(),
    output,
    ...(prediction.status !== 'answered' && { silence: prediction.reason }),
    score: verdict?.counted === false ? null : finiteOrNull(verdict?.score),
    ...(verdict?.normalised !== undefined && { normalised: verdict.normalised }),
    ...(verdict?.reason !== undefined && { reason: verdict.reason }),
    ...(sample !== undefined && { sample }),
    media: (media ?? []).map(mediumView),
    ...(item.map && { map: item.map }),
    ...(imagined && { imagined }),
    ...(sceneMap && {
      scene: { truth: truthDrawing(sceneMap), ...(drawing && { imagined: drawing }) },
    }),
  };
}

function passes(item: Omit<ItemView, 'row'>, { condition, task, text = '', outcome }: ItemQuery): boolean {
  if (condition !== undefined && item.condition !== condition) return false;
  if (task !== undefined && item.task !== task) return false;
  if (outcome === 'silent' && item.silence === undefined) return false;
  if (outcome === 'right' && (item.score ?? 0) < 0.5) return false;
  if (outcome === 'wrong' && (item.score ?? 1) >= 0.5) return false;
  const wanted = text.trim().toLowerCase();
  const words = [item.id, item.question, item.answer, item.output];
  return wanted === '' || words.some((one) => one.toLowerCase().includes(wanted));
}

function tableOf(report: EvaluationReport, condition: string): readonly ScoreRow[] {
  const own = Object.entries(report.conditions).find(([name]) => name === condition)?.[1];
  if (own === undefined) return [];
  const { scorers, means } = own;
  if (scorers.length === 0) {
    return [
      { title: 'score', figures: [figureView(means.overall.score)] },
      ...Object.entries(means.tasks).map(([title, { score }]) => ({
        title,
        figures: [figureView(score)],
      })),
    ];
  }
  const sections = new Map<string, Set<string>>();
  for (const result of scorers) {
    for (const [by, section] of Object.entries(result.sections)) {
      sections.set(by, new Set([...(sections.get(by) ?? []), ...Object.keys(section)]));
    }
  }
  return [
    { title: 'headline', figures: scorers.map(({ headline }) => figureView(headline)) },
    ...[...sections].flatMap(([by, names]) =>
      [...names].map((name) => ({
        title: by === 'task' ? name : `${by}: ${name}`,
        figures: scorers.map((result) => {
          const figure = result.sections[by]?.[name];
          return figure === undefined ? null : figureView(figure);
        }),
      })),
    ),
  ];
}

function figureView({ value, low, high, count }: Figure): FigureView {
  return { value: finiteOrNull(value), low: finiteOrNull(low), high: finiteOrNull(high), count };
}

function settingsOf({
  benchmark,
  policy,
  sampling,
  seed,
  versions,
}: EvaluationRecord): EvaluationView['settings'] {
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value);
  return Object.entries({ benchmark, policy, sampling, seed, versions }).flatMap(
    ([entry, value]) => (value === undefined ? [] : [[entry, text(value)] as const]),
  );
}
