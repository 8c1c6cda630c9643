/** AdamW (arXiv 1711.05101) over all parameters at once, and the global norm of their gradients. */
import { GraphBuilder } from '../graph/builder.ts';
import { add, divide, multiply, subtract } from '../graph/rules/arithmetic.ts';
import { squareRoot } from '../graph/rules/unary.ts';
import { serialise } from '../graph/serialise.ts';
import type { Value } from '../graph/value.ts';

/** Numbers that the update reads, scalars float32. */
export const ADAMW_NUMBERS = [
  'gradientScale',
  'beta1',
  'oneMinusBeta1',
  'beta2',
  'oneMinusBeta2',
  'inverseRootCorrection2',
  'epsilon',
  'stepSize',
  'decay',
] as const;

/** Input `gradient [size]`; output `squares`, the sum of squares. */
export function gradientNormGraph(size: number): Uint8Array {
  const graph = new GraphBuilder();
  const gradient = graph.input('gradient', [size]);
  graph.output(
    graph.emit('ReduceSumSquare', [gradient, graph.integers([0])], [], { keepdims: 0 }),
    'squares',
  );
  return serialise(graph);
}

/**
 * Inputs `parameters`, `gradient`, `mean`, `square`, all `[size]`, and `ADAMW_NUMBERS`; outputs `newParameters`, `newMean`,
 * `newSquare`. With g the scaled gradient: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
 * p ← decay·p − stepSize · m / (√v · inverseRootCorrection2 + ε), where decay = 1 − lr·weightDecay, stepSize = lr / (1−β₁ᵗ)
 * and inverseRootCorrection2 = 1 / √(1−β₂ᵗ).
 */
export function adamwGraph(size: number): Uint8Array {
  const graph = new GraphBuilder();
  const flat = (name: string) => graph.input(name, [size]);
  const [parameters, gradient] = [flat('parameters'), flat('gradient')];
  const [mean, square] = [flat('mean'), flat('square')];
  const numbers = new Map(ADAMW_NUMBERS.map((name) => [name, graph.input(name, [])]));
  const times = (x: Value, name: (typeof ADAMW_NUMBERS)[number]) =>
    multiply(graph, x, numbers.get(name)!);
  const scaled = times(gradient, 'gradientScale');
  const newMean = add(graph, times(mean, 'beta1'), times(scaled, 'oneMinusBeta1'));
  const newSquare = add(
    graph,
    times(square, 'beta2'),
    times(multiply(graph, scaled, scaled), 'oneMinusBeta2'),
  );
  const root = times(squareRoot(graph, newSquare), 'inverseRootCorrection2');
  const denominator = add(graph, root, numbers.get('epsilon')!);
  const step = times(divide(graph, newMean, denominator), 'stepSize');
  graph.output(subtract(graph, times(parameters, 'decay'), step), 'newParameters');
  graph.output(newMean, 'newMean');
  graph.output(newSquare, 'newSquare');
  return serialise(graph);
}
