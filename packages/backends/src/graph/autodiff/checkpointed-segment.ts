/**
 * Stretches of a graph whose gradients are made in one go: those of the parameters inside before what lies before the stretch.
 * ONNX Runtime would leave them to the end, and hold what they need until then. With activation recomputation
 * (arXiv 1604.06174) the inside is computed again for that, and between the two passes only the input is held.
 */
import { gradients } from './backward.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { concat, reshape, slice } from '../rules/shape.ts';
import { sizeOf } from '../ir/value.ts';
import type { Value } from '../ir/value.ts';

/**
 * `x` itself, but not before the events are there. ONNX Runtime orders nodes by what they read and merges nodes that read the
 * same; this keeps what is computed a second time from being computed early, or only once.
 */
export function after(graph: GraphBuilder, x: Value, events: readonly Value[]): Value {
  if (events.length === 0) return x;
  return graph.withoutTape(() => {
    const firsts = events.map((event) =>
      slice(graph, reshape(graph, event, [sizeOf(event.shape)]), 0, 0, 1),
    );
    const first = slice(graph, concat(graph, firsts, 0), 0, 0, 1);
    const known = graph.emit('Equal', [first, first], [1], {}, { type: 'bool' });
    // The same either way, whatever the condition says.
    return graph.emit('Where', [known, x, x], x.shape, {}, { type: x.type });
  });
}

/**
 * Builds a stretch.
 *
 * @param x what runs through it; it may read other values too, parameters for instance.
 * @param recompute call `build` a second time for the gradient, which must make the same of the input it is given then.
 */
export function checkpointedSegment(
  graph: GraphBuilder,
  x: Value,
  build: (x: Value) => Value,
  recompute: boolean,
): Value {
  const { built: output, tape } = graph.onOwnTape(() => build(x));
  const inside = new Set(tape.flatMap(({ outputs }) => outputs));
  const read = new Set(tape.flatMap(({ inputs }) => inputs).filter((value) => !inside.has(value)));
  const inputs = [...read];
  graph.record({
    inputs,
    outputs: [output],
    vjp: ([incoming], needed) => {
      const start = recompute ? after(graph, x, [incoming!]) : x;
      const again = recompute ? graph.onOwnTape(() => build(start)) : { built: output, tape };
      const wanted = inputs.filter((_, index) => needed[index]);
      const targets = wanted.map((value) => (value === x ? start : value));
      const found = gradients(graph, again.built, targets, incoming, again.tape);
      const others = found.filter((gradient, index) => gradient && wanted[index] !== x);
      const byInput = new Map(
        wanted.map((value, index): [Value, Value | undefined] => {
          const gradient = found[index];
          const waits = value === x && gradient;
          return [
            value,
            waits
              ? after(
                  graph,
                  gradient,
                  others.filter((other) => !!other),
                )
              : gradient,
          ];
        }),
      );
      return inputs.map((value) => byInput.get(value));
    },
  });
  return output;
}
