/** Computes the places of tokens and queries of the map read-out, as index tables for an engine's graph. */
import { MASKED } from '../../ops/host-tensor.ts';
import type { DeclareInput, HostTensors } from '../../ops/host-tensor.ts';
import type { ReadoutInputs, ReadoutLayout } from './map-readout.ts';

interface Rows {
  readonly all: number;
  readonly tokens: number;
  readonly queries: number;
}

function rowsOf({ videos, tokens, categories }: ReadoutLayout): Rows {
  return {
    all: videos * (tokens + categories),
    tokens: videos * tokens,
    queries: videos * categories,
  };
}

/** Declares the inputs of the head. */
export function declareReadout<T>(
  layout: ReadoutLayout,
  declare: DeclareInput<T>,
): ReadoutInputs<T> {
  const rows = rowsOf(layout);
  const integers = (name: string, length: number) => declare(`readout.${name}`, [length], 'int32');
  const tokensOfRows = integers('tokensOfRows', rows.all);
  const rowsOfTokens = integers('rowsOfTokens', rows.tokens);
  const queriesOfRows = integers('queriesOfRows', rows.all);
  const rowsOfQueries = integers('rowsOfQueries', rows.queries);
  const place = { hasZeroRows: true, leavesOut: false };
  return {
    placeTokens: { index: tokensOfRows, inverse: rowsOfTokens, ...place },
    placeQueries: { index: queriesOfRows, inverse: rowsOfQueries, ...place },
    takeQueries: {
      index: rowsOfQueries,
      inverse: queriesOfRows,
      hasZeroRows: false,
      leavesOut: true,
    },
    queryIds: integers('queryIds', rows.queries),
    keyMask: declare(
      'readout.keyMask',
      [layout.videos, layout.tokens + layout.categories],
      'float32',
    ),
    targets: layout.classes.map((_, question) =>
      declare(`readout.targets.${question}`, [rows.queries, 1], 'int32'),
    ),
  };
}

/**
 * The values of those inputs. Each question's labels weigh as a mean over those that apply.
 *
 * @param labels `[video][question][category]`, −1 where a question does not apply.
 */
export function readoutTensors(
  layout: ReadoutLayout,
  labels: readonly (readonly Int32Array[])[],
): HostTensors {
  const { videos, tokens, categories, classes } = layout;
  const rows = rowsOf(layout);
  const span = tokens + categories;
  const index = (length: number, fill: number) => new Int32Array(length).fill(fill);
  const tokensOfRows = index(rows.all, rows.tokens);
  const queriesOfRows = index(rows.all, rows.queries);
  const rowsOfTokens = index(rows.tokens, 0);
  const rowsOfQueries = index(rows.queries, 0);
  const queryIds = index(rows.queries, 0);
  const keyMask = new Float32Array(videos * span);
  for (let video = 0; video < videos; video++) {
    const start = video * span;
    for (let token = 0; token < tokens; token++) {
      tokensOfRows[start + token] = video * tokens + token;
      rowsOfTokens[video * tokens + token] = start + token;
    }
    for (let category = 0; category < categories; category++) {
      const row = start + tokens + category;
      queriesOfRows[row] = video * categories + category;
      rowsOfQueries[video * categories + category] = row;
      queryIds[video * categories + category] = category;
      keyMask[row] = MASKED;
    }
  }
  const vector = (data: Int32Array) => ({ shape: [data.length], data });
  const questions = classes.flatMap((_, question) => {
    const own = labels.flatMap((video) => [...video[question]!]);
    const applying = own.filter((label) => label >= 0).length;
    const shape = [rows.queries, 1];
    return [
      [
        `readout.targets.${question}`,
        { shape, data: Int32Array.from(own, (label) => Math.max(label, 0)) },
      ],
      [
        `readout.weights.${question}`,
        { shape, data: Float32Array.from(own, (label) => (label >= 0 ? 1 / applying : 0)) },
      ],
    ] as const;
  });
  return {
    'readout.tokensOfRows': vector(tokensOfRows),
    'readout.queriesOfRows': vector(queriesOfRows),
    'readout.rowsOfTokens': vector(rowsOfTokens),
    'readout.rowsOfQueries': vector(rowsOfQueries),
    'readout.queryIds': vector(queryIds),
    'readout.keyMask': { shape: [videos, span], data: keyMask },
    ...Object.fromEntries(questions),
  };
}
