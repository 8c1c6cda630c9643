/** Exports the questions of a run as rows, and their frames as files. A run exports once; jobs that continue it reuse the files. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, deriveSeed, messageOf, randomStream } from '@loci/core';
import type { Dataset, Logger, PromptTemplate, RunConfig, SampleSource } from '@loci/core';
import type { JobRows } from '../job.ts';
import type { ExportModel } from '../ports.ts';
import { FrameFiles } from './frame-files.ts';
import type { FrameForm } from './frame-files.ts';
import { makeRow } from './row.ts';
import type { Row, RowMaker, RowSplit } from './row.ts';
import { sampleText } from './wire-sample.ts';

/** One folder, as this machine and as the nodes see it. */
export interface ExportPlace {
  readonly here: string;
  readonly there: string;
}

/** Takes the rows of one file, in order. */
export interface RowSink {
  add(row: Row): void;
  close(): void;
}

/** The form of an engine's rows. */
export interface RowForm {
  /** `parquet`, `jsonl`. */
  readonly ending: string;
  /** Frames per second that the engine assumes for every video; absent where the rows carry the rate. */
  readonly frameRate?: number;
  /** Opens a file for rows. @param media kinds that the rows of the file have. */
  open(path: string, media: { readonly videos: boolean; readonly images: boolean }): RowSink;
}

/** Input of `exportRows`. */
export interface RowExport {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly prompt: PromptTemplate;
  readonly model: ExportModel;
  /** Folder for the rows of this run. */
  readonly place: ExportPlace;
  /** Folder for frames, which runs on the same storage share. */
  readonly framePlace: ExportPlace;
  readonly frameForm: FrameForm;
  readonly form: RowForm;
  /** Most training rows, a seeded choice of the samples; all when absent. */
  readonly maxRows?: number | undefined;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** Samples that are read at once. */
const AT_ONCE = 4;
/** Validation rows where a config leaves the number to Loci. */
const USUAL_VALIDATION_ROWS = 100;
const MANIFEST = 'export.json';

/** The files of an export, with facts that jobs need. */
export interface ExportedRows extends JobRows {
  /** The sample of the first row, as JSON text. */
  readonly firstSample: string;
  /** Least and greatest area of a frame, in pixels; 0 where no row shows anything. */
  readonly leastArea: number;
  readonly greatestArea: number;
}

/**
 * Writes the rows, or returns those that an export with the same settings wrote before.
 *
 * @throws LociError `rows-refused` when more samples get no row than `maxRefusedShare` allows, `no-rows`; those of the data.
 */
export async function exportRows(request: RowExport): Promise<ExportedRows> {
  const { place, config } = request;
  const digest = digestOf(request);
  const known = readManifest(place.here, digest);
  if (known !== undefined) return known;
  mkdirSync(place.here, { recursive: true });
  const maker = makerOf(request);
  const train = await writeSplit(request, maker, 'train');
  if (train.count === 0) throw noRows(train);
  checkShare(train, config.maxRefusedShare);
  const validation = await writeSplit(request, maker, 'validation');
  const all = [train, validation];
  const rows: ExportedRows = {
    train: `${place.there}/${train.file}`,
    validation: `${place.there}/${validation.file}`,
    trainCount: train.count,
    validationCount: validation.count,
    longestPrompt: Math.max(...all.map(({ longest }) => longest)),
    leftOut: all.flatMap(({ leftOut }) => leftOut),
    ...(train.probe && { probe: { paths: train.probe } }),
    firstSample: train.first,
    leastArea: finite(Math.min(...all.map(({ areas: [least] }) => least))),
    greatestArea: Math.max(...all.map(({ areas: [, greatest] }) => greatest)),
  };
  const file = join(place.here, MANIFEST);
  writeFileSync(`${file}.part`, JSON.stringify({ digest, rows }, undefined, 2));
  renameSync(`${file}.part`, file);
  return rows;
}

function makerOf({ config, prompt, model, framePlace, frameForm, form }: RowExport): RowMaker {
  const limit = Number(config.policy['maxTokens'] ?? model.maxPositions);
  return {
    prompt,
    model,
    frameRate: form.frameRate,
    frames: new FrameFiles(model, { ...framePlace, form: frameForm }),
    maxPromptTokens: Math.min(limit, model.maxPositions) - config.sampler.maxNewTokens,
  };
}

interface WrittenSplit {
  readonly file: string;
  readonly count: number;
  readonly longest: number;
  /** The first row's sample as JSON text; empty where there is no row. */
  readonly first: string;
  readonly leftOut: JobRows['leftOut'];
  readonly probe?: readonly string[];
  readonly areas: readonly [least: number, greatest: number];
}

async function writeSplit(
  request: RowExport,
  maker: RowMaker,
  split: RowSplit,
): Promise<WrittenSplit> {
  const { source, indices } = await choose(request, split);
  const rows: Row[] = [];
  const leftOut: { id: string; reason: string }[] = [];
  const label = `${split} rows`;
  try {
    for (let from = 0; from < indices.length; from += AT_ONCE) {
      request.signal?.throwIfAborted();
      const some = indices.slice(from, from + AT_ONCE);
      for (const made of await Promise.all(
        some.map((index) => rowOf(source, index, split, maker)),
      )) {
        if ('reason' in made) leftOut.push(made);
        else rows.push({ ...made, index: rows.length });
      }
      request.logger.progress?.(label, Math.min(from + AT_ONCE, indices.length), indices.length);
    }
  } finally {
    await source.close();
  }
  const media = rows.flatMap((row) => row.media);
  const has = (kind: string): boolean => media.some((medium) => medium.kind === kind);
  const file = `${split}.${request.form.ending}`;
  const sink = request.form.open(join(request.place.here, file), {
    videos: has('video'),
    images: has('image'),
  });
  for (const row of rows) sink.add(row);
  sink.close();
  const areas = media.map(({ width, height }) => width * height);
  return {
    file,
    count: rows.length,
    first: rows[0] === undefined ? '' : sampleText(rows[0].sample),
    longest: rows.reduce((longest, { tokens }) => Math.max(longest, tokens), 0),
    leftOut,
    ...(media[0] && { probe: media[0].paths }),
    areas: [
      areas.reduce((least, area) => Math.min(least, area), Infinity),
      areas.reduce((greatest, area) => Math.max(greatest, area), 0),
    ],
  };
}

/** Codes of errors that skip a sample; any other error ends the export. */
const SKIPPING_CODES: readonly string[] = ['row-refused', 'media-unreadable'];

async function rowOf(
  source: SampleSource,
  index: number,
  split: RowSplit,
  maker: RowMaker,
): Promise<Row | { readonly id: string; readonly reason: string }> {
  const sample = await source.at(index);
  try {
    return await makeRow(sample, split, index, maker);
  } catch (thrown) {
    if (!LociError.is(thrown) || !SKIPPING_CODES.includes(thrown.code)) throw thrown;
    return { id: sample.id, reason: thrown.message };
  }
}

/** The samples of a split. Where the dataset has no test split, validation takes a seeded choice of the training samples. */
async function choose(
  { config, dataset, maxRows, logger }: RowExport,
  split: RowSplit,
): Promise<{ readonly source: SampleSource; readonly indices: readonly number[] }> {
  if (split === 'train') {
    const source = await dataset.open('train');
    return { source, indices: seededIndices(source.size, maxRows ?? source.size, config.seed) };
  }
  const { questions } = config.evaluate;
  const wanted = questions === 'auto' ? USUAL_VALIDATION_ROWS : Math.max(1, questions);
  const test = await dataset.open('test').catch((thrown: unknown) => {
    if (questions !== 0) logger.warn(`no test split for validation rows: ${messageOf(thrown)}`);
    return undefined;
  });
  if (test !== undefined && test.size > 0) {
    return { source: test, indices: seededIndices(test.size, wanted, config.seed) };
  }
  await test?.close();
  const source = await dataset.open('train');
  return { source, indices: seededIndices(source.size, wanted, config.seed) };
}

/** `wanted` of the indices below `size`, ascending: all of them, or a seeded choice. */
function seededIndices(size: number, wanted: number, seed: number): readonly number[] {
  const all = Array.from({ length: size }, (_, index) => index);
  if (wanted >= size) return all;
  const random = randomStream(deriveSeed(seed, 'rows'));
  for (let place = 0; place < wanted; place++) {
    const other = place + Math.floor(random() * (size - place));
    [all[place], all[other]] = [all[other]!, all[place]!];
  }
  return all.slice(0, wanted).sort((a, b) => a - b);
}

/** Reasons that a message lists. */
const LISTED_REASONS = 5;

function checkShare({ count, leftOut }: WrittenSplit, share: number): void {
  const total = count + leftOut.length;
  if (leftOut.length <= share * total) return;
  throw new LociError(
    'rows-refused',
    `${leftOut.length} of ${total} samples get no row; maxRefusedShare (${share}) allows fewer:\n${reasons(leftOut)}`,
  );
}

function noRows({ leftOut }: WrittenSplit): LociError {
  return new LociError('no-rows', `No sample of the data gets a row:\n${reasons(leftOut)}`);
}

function reasons(leftOut: JobRows['leftOut']): string {
  const lines = leftOut.slice(0, LISTED_REASONS).map(({ id, reason }) => `${id}: ${reason}`);
  const rest = leftOut.length - LISTED_REASONS;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

/** Changes with every setting that rows depend on. */
function digestOf({ config, maxRows, frameForm, form, framePlace, model }: RowExport): string {
  const { dataset, prompt, seed, policy, sampler, evaluate } = config;
  const parts = {
    ...{ dataset, prompt, seed, maxRows, frameForm, ending: form.ending, frames: framePlace.there },
    ...{ model: policy['model'], maxTokens: policy['maxTokens'], modelType: model.modelType },
    ...{ maxNewTokens: sampler.maxNewTokens, questions: evaluate.questions },
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function readManifest(folder: string, digest: string): ExportedRows | undefined {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return undefined;
  const written = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly digest: string;
    readonly rows: ExportedRows;
  };
  return written.digest === digest ? written.rows : undefined;
}

function finite(area: number): number {
  return Number.isFinite(area) ? area : 0;
}
