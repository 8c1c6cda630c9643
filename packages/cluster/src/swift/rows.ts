/** Rows as ms-swift reads them: one line of JSON each. It passes columns beyond its own to the reward. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { RowSink } from '../rows/export-rows.ts';
import type { Row } from '../rows/row.ts';
import { sampleText } from '../rows/wire-sample.ts';

/** A row with ms-swift's column names. A video is the list of its frames. */
function swiftRow({ split, index, sample, messages, media, opened }: Row) {
  return {
    messages: messages.map(({ role, content }) => ({ role, content })),
    videos: media.filter(({ kind }) => kind === 'video').map(({ paths }) => [...paths]),
    images: media.filter(({ kind }) => kind === 'image').map(({ paths }) => paths[0]!),
    solution: sample.solution,
    problem_type: sample.problemType,
    id: sample.id,
    index,
    split,
    opened: opened ?? '',
    sample: sampleText(sample),
  };
}

/** Opens a file that takes rows as lines. */
export function openSwiftRows(path: string): RowSink {
  const file = openSync(path, 'w');
  return {
    add: (row) => void writeSync(file, `${JSON.stringify(swiftRow(row))}\n`),
    close: () => closeSync(file),
  };
}
