/**
 * Activation recomputation (arXiv 1604.06174): what lies inside a stretch of a graph is computed again when its gradient is
 * wanted, so that between the two passes only the stretch's inputs are held.
 */
import { gradients } from './backward.ts';
import type { GraphBuilder } from './builder.ts';
import { reshape } from './rules/shape.ts';
import type { Value } from './value.ts';

/**
 * `x` itself, but not before `event` is there. ONNX Runtime orders nodes by what they read and merges nodes that read the
 * same; this keeps what is computed a second time from being computed early, or only once.
 */
export function after(graph: GraphBuilder, x: Value, event: Value): Value {
  return graph.withoutTape(() => {
    const flat = reshape(graph, event, [event.shape.reduce((product, side) => product * side, 1)]);
    const first = graph.emit('Slice', [flat, graph.integers([0]), graph.integers([1])], [1]);
    const known = graph.emit('Equal', [first, first], [1], {}, { type: 'bool' });
    // The same either way, whatever the condition says.
    return graph.emit('Where', [known, x, x], x.shape, {}, { type: x.type });
  });
}

/**
 * Builds a stretch whose inner values are not kept for its gradient. `build` is called a second time when the gradient is
 * built, and must make the same of the input it is given then.
 *
 * @param x what runs through the stretch; it may read other values too, parameters for instance.
 */
export function recomputed(graph: GraphBuilder, x: Value, build: (x: Value) => Value): Value {
  const { built: output, tape } = graph.onOwnTape(() => build(x));
  const inside = new Set(tape.flatMap(({ outputs }) => outputs));
  const read = new Set(tape.flatMap(({ inputs }) => inputs).filter((value) => !inside.has(value)));
  const inputs = [...read];
  graph.record({
    inputs,
    outputs: [output],
    vjp: ([incoming], needed) => {
      const start = after(graph, x, incoming!);
      const again = graph.onOwnTape(() => build(start));
      const wanted = inputs.filter((_, index) => needed[index]);
      const targets = wanted.map((value) => (value === x ? start : value));
      const found = gradients(graph, again.built, targets, incoming, again.tape);
      const byInput = new Map(wanted.map((value, index) => [value, found[index]]));
      return inputs.map((value) => byInput.get(value));
    },
  });
  return output;
}
