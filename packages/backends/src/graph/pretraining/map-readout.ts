/**
 * Implements a temporary head that reads a cognitive map off the vision tower. One learned query for each category attends to the merged
 * tokens of a video, and classifies the column and row of the category and the number of its instances. Training the tower through it for
 * two minutes teaches a small model to see before it generates text. The head is then dropped.
 */
import type { ParameterSpec } from '../../models/spec/weights.ts';
import type { RowPermutation, TensorOps } from '../../ops/tensor-ops.ts';

/** Sizes of the head and of its inputs. */
export interface ReadoutLayout {
  readonly videos: number;
  /** Merged tokens of each video. */
  readonly tokens: number;
  readonly categories: number;
  /** Width of the merged tokens. */
  readonly width: number;
  /** Answers to each question about a category: columns, rows, counts. */
  readonly classes: readonly number[];
}

/** Places of tokens and queries among the rows `[videos · (tokens + categories)]` that attend to each other. */
export interface ReadoutInputs<T> {
  readonly placeTokens: RowPermutation<T>;
  readonly placeQueries: RowPermutation<T>;
  readonly takeQueries: RowPermutation<T>;
  /** Category of each query row, `[videos · categories]`, int32. */
  readonly queryIds: T;
  /** `[videos, tokens + categories]`: masks queries as keys. */
  readonly keyMask: T;
  /** One `[videos · categories, 1]` int32 a question. */
  readonly targets: readonly T[];
}

const HEADS = 4;
const EPSILON = 1e-6;

/** Parameters of the head. */
export function readoutParameters({ categories, width, classes }: ReadoutLayout): ParameterSpec[] {
  const outputs = classes.reduce((sum, count) => sum + count, 0);
  return [
    { name: 'readout.queries', shape: [categories, width] },
    { name: 'readout.norm.weight', shape: [width] },
    { name: 'readout.query.weight', shape: [width, width] },
    { name: 'readout.key.weight', shape: [width, width] },
    { name: 'readout.value.weight', shape: [width, width] },
    { name: 'readout.inner.weight', shape: [2 * width, width] },
    { name: 'readout.outer.weight', shape: [outputs, 2 * width] },
  ];
}

/**
 * Log-probabilities of the targets, one `[videos · categories, 1]` a question.
 *
 * @param features `[videos · tokens, width]`, the tokens of a video together.
 */
export function readoutLogProbs<T>(
  ops: TensorOps<T>,
  layout: ReadoutLayout,
  parameter: (name: string) => T,
  features: T,
  inputs: ReadoutInputs<T>,
): T[] {
  const { videos, tokens, categories, width, classes } = layout;
  const queries = ops.embed(parameter('readout.queries'), inputs.queryIds);
  const rows = ops.add(
    ops.permuteRows(
      ops.rmsNorm(features, parameter('readout.norm.weight'), EPSILON),
      inputs.placeTokens,
    ),
    ops.permuteRows(queries, inputs.placeQueries),
  );
  const project = (name: string, x: T) => ops.linear(x, parameter(`readout.${name}.weight`));
  const looked = ops.attendSegments(
    project('query', rows),
    project('key', rows),
    project('value', rows),
    {
      segments: videos,
      length: tokens + categories,
      heads: HEADS,
      keyValueHeads: HEADS,
      headSize: width / HEADS,
      keyMask: inputs.keyMask,
    },
  );
  const seen = ops.add(ops.permuteRows(looked, inputs.takeQueries), queries);
  const logits = project('outer', ops.gelu(project('inner', seen)));
  return ops
    .splitColumns(logits, classes)
    .map((part, question) => ops.tokenLogProbs(part, inputs.targets[question]!));
}
