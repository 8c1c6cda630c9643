/** Rows as parquet in the form that verl's dataset class reads: every struct has the same keys in every row. */
import { ParquetWriter, fileWriter } from 'hyparquet-writer';
import type { Row } from './row.ts';
import { sampleRate } from './row.ts';
import { sampleText } from './wire-sample.ts';

/** Element of a schema. hyparquet-writer uses this type and does not export its name. */
type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

const OPTIONAL = { repetition_type: 'OPTIONAL' } as const;
/** Rows in memory at once. */
const ROWS_PER_GROUP = 2000;

/** The media columns of a file. A column that no row needs is left out, so that no struct in it is null. */
export interface MediaColumns {
  readonly videos: boolean;
  readonly images: boolean;
}

/** Writes rows a group at a time. Call `close` at the end. */
export class VerlRowWriter {
  readonly #writer: ParquetWriter;
  readonly #modelType: string;
  readonly #columns: MediaColumns;
  #waiting: Row[] = [];

  constructor(path: string, modelType: string, columns: MediaColumns) {
    this.#modelType = modelType;
    this.#columns = columns;
    this.#writer = new ParquetWriter({ writer: fileWriter(path), schema: [...schemaOf(columns)] });
  }

  add(row: Row): void {
    this.#waiting.push(row);
    if (this.#waiting.length === ROWS_PER_GROUP) this.#flush();
  }

  close(): void {
    this.#flush();
    this.#writer.finish();
  }

  #flush(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0) return;
    const values = rows.map((row) => verlRow(row, this.#modelType));
    const names = columnNames(this.#columns);
    const columnData = names.map((name) => ({ name, data: values.map((one) => one[name]) }));
    void this.#writer.write({ columnData, rowGroupSize: rows.length });
  }
}

function columnNames({ videos, images }: MediaColumns) {
  return [
    ...(['data_source', 'prompt'] as const),
    ...(videos ? (['videos'] as const) : []),
    ...(images ? (['images'] as const) : []),
    ...(['ability', 'reward_model', 'extra_info'] as const),
  ] as const;
}

/** A row with verl's column names. Each row gives the area of its frames, so that verl does not scale them. */
function verlRow({ split, index, sample, messages, media, opened }: Row, modelType: string) {
  const area = ({ width, height }: { readonly width: number; readonly height: number }): bigint =>
    BigInt(width * height);
  return {
    data_source: `loci/${(sample.dataset ?? sample.source) || 'data'}`,
    prompt: messages.map(({ role, content }) => ({ role, content })),
    videos: media
      .filter(({ kind }) => kind === 'video')
      .map((video) => ({
        video: [...video.paths],
        sample_fps: sampleRate(video, modelType),
        min_pixels: area(video),
        max_pixels: area(video),
      })),
    images: media
      .filter(({ kind }) => kind === 'image')
      .map((image) => ({
        image: image.paths[0]!,
        min_pixels: area(image),
        max_pixels: area(image),
      })),
    ability: sample.media.some(({ kind }) => kind === 'video') ? 'video_qa' : 'image_qa',
    reward_model: { style: 'rule', ground_truth: sampleText(sample) },
    extra_info: {
      split,
      index: BigInt(index),
      id: sample.id,
      question: sample.problem,
      problem_type: sample.problemType,
      question_kind: sample.questionKind ?? sample.problemType,
      opened: opened ?? '',
    },
  };
}

function schemaOf(columns: MediaColumns): readonly SchemaElement[] {
  const names = columnNames(columns);
  return [
    { name: 'schema', num_children: names.length },
    ...names.flatMap((name) => COLUMNS[name]),
  ];
}

const COLUMNS: Readonly<Record<ReturnType<typeof columnNames>[number], readonly SchemaElement[]>> =
  {
    data_source: [text('data_source')],
    prompt: list('prompt', struct('element', [text('role')], [text('content')])),
    videos: list(
      'videos',
      struct(
        'element',
        list('video', [text('element')]),
        [number('sample_fps', 'DOUBLE')],
        [number('min_pixels', 'INT64')],
        [number('max_pixels', 'INT64')],
      ),
    ),
    images: list(
      'images',
      struct(
        'element',
        [text('image')],
        [number('min_pixels', 'INT64')],
        [number('max_pixels', 'INT64')],
      ),
    ),
    ability: [text('ability')],
    reward_model: struct('reward_model', [text('style')], [text('ground_truth')]),
    extra_info: struct(
      'extra_info',
      [text('split')],
      [number('index', 'INT64')],
      [text('id')],
      [text('question')],
      [text('problem_type')],
      [text('question_kind')],
      [text('opened')],
    ),
  };

function text(name: string): SchemaElement {
  const type = { converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
  return { name, type: 'BYTE_ARRAY', ...type, ...OPTIONAL };
}

function number(name: string, type: 'INT64' | 'DOUBLE'): SchemaElement {
  return { name, type, ...OPTIONAL };
}

function struct(
  name: string,
  ...fields: readonly (readonly SchemaElement[])[]
): readonly SchemaElement[] {
  return [{ name, num_children: fields.length, ...OPTIONAL }, ...fields.flat()];
}

function list(name: string, element: readonly SchemaElement[]): readonly SchemaElement[] {
  return [
    { name, num_children: 1, converted_type: 'LIST', ...OPTIONAL },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    ...element,
  ];
}
