/** The predictions of a model on the items of a benchmark, as a JSON Lines file. It holds all that scoring needs, so it can be scored again without the model. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import type {
  BenchmarkItem,
  EvaluationCondition,
  FinishReason,
  MediaReference,
  Message,
  Prediction,
  ScorableItem,
  ShownMedia,
  TokenUsage,
  Verdict,
} from '../../spec/index.ts';
import { sceneMapSchema } from '../../spatial/scene-map/schema.ts';
import { EVALUATION_CONDITIONS } from '../items/conditions.ts';
import { saysNothing } from './split-thinking.ts';

const count = z.int().nonnegative();

const shownMedia = z.looseObject({
  kind: z.enum(['video', 'image']),
  as: z.enum(['video', 'images']).exactOptional(),
  frames: count.exactOptional(),
  width: count.exactOptional(),
  height: count.exactOptional(),
  seconds: z.array(z.number()).exactOptional(),
});

const mediaReference = z.looseObject({
  kind: z.enum(['video', 'image']),
  path: z.string(),
  second: z.number().exactOptional(),
});

const usage = z.looseObject({
  promptTokens: count,
  completionTokens: count,
  cost: z.number().exactOptional(),
  cached: z.boolean(),
});

const prediction = z.discriminatedUnion('status', [
  z.looseObject({
    status: z.literal('answered'),
    output: z.string(),
    thinking: z.string().exactOptional(),
    judgement: z.string().exactOptional(),
  }),
  z.looseObject({ status: z.literal('not-asked'), reason: z.string() }),
  z.looseObject({ status: z.literal('failed'), reason: z.string() }),
]) satisfies z.ZodType<Prediction>;

const scorableItem = z.looseObject({
  id: z.string(),
  task: z.string(),
  groups: z.record(z.string(), z.string()),
  question: z.string(),
  options: z.array(z.string()),
  answer: z.string(),
  judgeQuestion: z.string().exactOptional(),
  map: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))).exactOptional(),
  sceneMap: sceneMapSchema.exactOptional(),
});

/** One answer to one item under one condition. */
export interface PredictionRow {
  readonly condition: EvaluationCondition;
  readonly item: ScorableItem;
  /** Index among several answers to the item, from 1; absent for the first. */
  readonly sample?: number;
  /** Of the conversation, file names and frame settings included: see `promptHash`. */
  readonly promptHash: string;
  /** Of its text alone; absent in files of version 1. */
  readonly textHash?: string;
  /** Media as the model saw them; empty when the item was skipped. */
  readonly shown: readonly ShownMedia[];
  /** Paths of the shown media; those of another scene under `swapped`. Absent in files of earlier releases, and for items without media. */
  readonly media?: readonly MediaReference[];
  readonly prediction: Prediction;
  readonly finishReason?: FinishReason;
  readonly usage?: TokenUsage;
  /** Values of the run's rewards, `reward` and `reward/<name>`; absent when no rewards scored the answer. */
  readonly measures?: Readonly<Record<string, number>>;
}

/** Rows of version 1 name the condition `pass`. */
const predictionRow: z.ZodType<PredictionRow> = z.preprocess(
  (line) => {
    if (typeof line !== 'object' || line === null || !('pass' in line)) return line;
    const { pass, ...row } = line;
    return { condition: pass, ...row };
  },
  z.looseObject({
    condition: z.enum(EVALUATION_CONDITIONS),
    item: scorableItem,
    sample: z.int().positive().exactOptional(),
    promptHash: z.string(),
    textHash: z.string().exactOptional(),
    shown: z.array(shownMedia),
    media: z.array(mediaReference).exactOptional(),
    prediction,
    finishReason: z.enum(['stop', 'length']).exactOptional(),
    usage: usage.exactOptional(),
    measures: z.record(z.string(), z.number()).exactOptional(),
  }),
);

/** A row with the verdict of every scorer at the time of writing, for people. Scoring again ignores it. */
export interface PredictionLine extends PredictionRow {
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

/** The key of a row in its file. */
export function rowKey({
  condition,
  item,
  sample = 0,
}: Pick<PredictionRow, 'condition' | 'sample'> & {
  readonly item: Pick<ScorableItem, 'id'>;
}): string {
  return `${condition}\n${item.id}${sample === 0 ? '' : `\n${sample}`}`;
}

/** The failed prediction that replaces an empty answer. */
export function silent({ thinking = '' }: Extract<Prediction, { status: 'answered' }>): Prediction {
  const what = saysNothing(thinking) ? 'its answer is empty' : 'it only thought';
  return { status: 'failed', reason: `The model said nothing: ${what}` };
}

/** The part of an item that is stored with a prediction. */
export function scorablePart(item: BenchmarkItem): ScorableItem {
  const { id, task, groups, question, options, answer, judgeQuestion, map, sceneMap } = item;
  return {
    ...{ id, task, groups, question, options, answer },
    ...(judgeQuestion !== undefined && { judgeQuestion }),
    ...(map && { map }),
    ...(sceneMap && { sceneMap }),
  };
}

/** A digest of a conversation: roles, texts, media files, and how their frames are chosen. It ignores folders above a file's own. */
export function promptHash(messages: readonly Message[]): string {
  const content = messages.map(({ role, parts }) => [
    role,
    parts.map((part) =>
      part.type === 'text'
        ? part.text
        : [
            part.media.kind,
            part.media.path.split(/[\\/]/).slice(-2),
            part.media.second ?? null,
            part.frames ?? null,
            ...(part.as === undefined ? [] : [part.as]),
          ],
    ),
  ]);
  return digest(JSON.stringify(content));
}

/** A digest of the text of a conversation alone. */
export function textHash(messages: readonly Message[]): string {
  const texts = messages.map(({ role, parts }) => [
    role,
    parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
  ]);
  return digest(JSON.stringify(texts));
}

/** The first 16 hexadecimal digits of a text's SHA-256. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * Reads rows by key; the last of several with the same key counts. An empty answer becomes a failed prediction. An incomplete last line,
 * which a killed process left, is ignored.
 *
 * @throws LociError `predictions-invalid` naming the line, `no-predictions` when there is no such file.
 */
export function readPredictions(path: string): ReadonlyMap<string, PredictionRow> {
  if (!existsSync(path)) {
    throw new LociError(
      'no-predictions',
      `There is no ${path}; name the folder of an evaluation, which writes this file`,
    );
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  const rows = new Map<string, PredictionRow>();
  for (const [index, line] of lines.entries()) {
    const row = parseRow(line, `${path}, line ${index + 1}`);
    rows.set(rowKey(row), row);
  }
  return rows;
}

function parseRow(line: string, place: string): PredictionRow {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new LociError('predictions-invalid', `${place}: ${messageOf(cause)}`, { cause });
  }
  const parsed = predictionRow.safeParse(json);
  if (parsed.success) return withoutEmptyAnswer(parsed.data);
  throw new LociError('predictions-invalid', `${place}: ${z.prettifyError(parsed.error)}`);
}

function withoutEmptyAnswer(row: PredictionRow): PredictionRow {
  const { prediction: found } = row;
  if (found.status !== 'answered' || !saysNothing(found.output)) return row;
  return { ...row, prediction: silent(found) };
}
