/** The graphs of an optimiser step: the norm of the gradients, and the update of `../../policy/adamw.ts`. */
import { ADAMW_NUMBERS, adamwUpdate } from '../../policy/adamw.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { onnxElementOps } from '../lower/onnx-element-ops.ts';

/** Input `gradient [size]`; output `squares`, the sum of squares. */
export function gradientNormGraph(size: number): GraphBuilder {
  const graph = new GraphBuilder();
  const gradient = graph.input('gradient', [size]);
  graph.output(onnxElementOps(graph).sumOfSquares(gradient), 'squares');
  return graph;
}

/**
 * Inputs `parameters`, `gradient`, `mean`, `square`, all `[size]`, and `ADAMW_NUMBERS`; outputs `newParameters`, `newMean`,
 * `newSquare`.
 */
export function adamwGraph(size: number): GraphBuilder {
  const graph = new GraphBuilder();
  const flat = (name: string) => graph.input(name, [size]);
  const [parameters, gradient] = [flat('parameters'), flat('gradient')];
  const [mean, square] = [flat('mean'), flat('square')];
  const numbers = new Map(ADAMW_NUMBERS.map((name) => [name, graph.input(name, [])]));
  const updated = adamwUpdate(
    onnxElementOps(graph),
    { parameters, mean, square },
    gradient,
    (name) => numbers.get(name)!,
  );
  graph.output(updated.parameters, 'newParameters');
  graph.output(updated.mean, 'newMean');
  graph.output(updated.square, 'newSquare');
  return graph;
}
