/** Writes parquet files with the schemas that Hugging Face's `datasets` gives its features. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';

/** The writer's own type, as the writer may use another version of hyparquet than the reader. */
type SchemaElement = NonNullable<Parameters<typeof parquetWrite>[0]['schema']>[number];

/** An image feature: encoded bytes, and the name of the file that they were. */
export interface StoredImage {
  readonly bytes: Uint8Array;
  readonly path: string | null;
}

/** A column by its feature: `string`, `int64`, `float64`, `bool`, `list<string>`, `list<image>`, a struct of strings. */
export type Column =
  | { readonly feature: 'string'; readonly values: readonly (string | null)[] }
  | { readonly feature: 'int64'; readonly values: readonly bigint[] }
  | { readonly feature: 'float64'; readonly values: readonly number[] }
  | { readonly feature: 'bool'; readonly values: readonly boolean[] }
  | { readonly feature: 'strings'; readonly values: readonly (readonly string[] | null)[] }
  | { readonly feature: 'images'; readonly values: readonly (readonly StoredImage[])[] }
  | {
      readonly feature: 'struct';
      readonly values: readonly Readonly<Record<string, string | null>>[];
    };

/** Writes one row group, compressed with Snappy as `datasets` does. */
export function writeTable(path: string, columns: Readonly<Record<string, Column>>): void {
  const writer = new ByteWriter();
  const entries = Object.entries(columns);
  parquetWrite({
    writer,
    columnData: entries.map(([name, { values }]) => ({ name, data: [...values] })),
    schema: [
      { name: 'schema', num_children: entries.length },
      ...entries.flatMap(([name, column]) => schemaOf(name, column)),
    ],
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, writer.getBytes());
}

const OPTIONAL = { repetition_type: 'OPTIONAL' } as const;

function schemaOf(name: string, column: Column): readonly SchemaElement[] {
  switch (column.feature) {
    case 'string':
      return [text(name)];
    case 'int64':
      return [{ name, type: 'INT64', ...OPTIONAL }];
    case 'float64':
      return [{ name, type: 'DOUBLE', ...OPTIONAL }];
    case 'bool':
      return [{ name, type: 'BOOLEAN', ...OPTIONAL }];
    case 'strings':
      return list(name, [text('element')]);
    case 'images':
      return list(name, [
        { name: 'element', num_children: 2, ...OPTIONAL },
        { name: 'bytes', type: 'BYTE_ARRAY', ...OPTIONAL },
        text('path'),
      ]);
    case 'struct': {
      const fields = Object.keys(column.values[0] ?? {});
      return [{ name, num_children: fields.length, ...OPTIONAL }, ...fields.map(text)];
    }
    default:
      return column satisfies never;
  }
}

function text(name: string): SchemaElement {
  return {
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
    ...OPTIONAL,
  };
}

function list(name: string, element: readonly SchemaElement[]): readonly SchemaElement[] {
  return [
    { name, converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1, ...OPTIONAL },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}
