/** Builds the graphs of an optimizer step: the norm of the gradients, and the update of `../../engine/adamw.ts`. */
import { ADAMW_NUMBERS, adamwUpdate } from '../../engine/adamw.ts';
import { GraphBuilder } from '../ir/builder.ts';
import { graphElementOps } from '../lower/graph-element-ops.ts';

/** The input or output that holds a piece of a vector. */
export function pieceName(name: string, index: number): string {
  return `${name}/${index}`;
}

/** Inputs `gradient/<i> [size]`; output `squares`, the sum of squares over all pieces. */
export function gradientNormGraph(sizes: readonly number[]): GraphBuilder {
  const graph = new GraphBuilder();
  const ops = graphElementOps(graph);
  const squares = sizes.map((size, index) =>
    ops.sumOfSquares(graph.input(pieceName('gradient', index), [size])),
  );
  graph.output(
    squares.reduce((sum, part) => ops.add(sum, part)),
    'squares',
  );
  return graph;
}

/**
 * Inputs `parameters/<i>`, `gradient/<i>`, `mean/<i>`, `square/<i>`, all `[size]`, and `ADAMW_NUMBERS`; outputs
 * `newParameters/<i>`, `newMean/<i>`, `newSquare/<i>`.
 */
export function adamwGraph(sizes: readonly number[]): GraphBuilder {
  const graph = new GraphBuilder();
  const ops = graphElementOps(graph);
  const numbers = new Map(ADAMW_NUMBERS.map((name) => [name, graph.input(name, [])]));
  sizes.forEach((size, index) => {
    const flat = (name: string) => graph.input(pieceName(name, index), [size]);
    const state = { parameters: flat('parameters'), mean: flat('mean'), square: flat('square') };
    const updated = adamwUpdate(ops, state, flat('gradient'), (name) => numbers.get(name)!);
    graph.output(updated.parameters, pieceName('newParameters', index));
    graph.output(updated.mean, pieceName('newMean', index));
    graph.output(updated.square, pieceName('newSquare', index));
  });
  return graph;
}
