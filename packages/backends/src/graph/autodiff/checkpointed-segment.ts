/**
 * Builds checkpointed segments of a graph. The gradients of a segment's parameters come before those of everything ahead of it. ONNX
 * Runtime would compute them last and hold their operands until then. With activation recomputation (arXiv 1604.06174) the inside is
 * computed a second time for the gradients, and between the two passes only the input is held.
 */
import { gradients } from './backward.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { concat, reshape, slice } from '../rules/shape.ts';
import { sizeOf } from '../ir/value.ts';
import type { Value } from '../ir/value.ts';

/**
 * `x` itself, but not before the events are there. ONNX Runtime orders nodes by their inputs and merges nodes with equal inputs. This
 * prevents the second computation from running early, or from merging with the first.
 */
export function after(graph: GraphBuilder, x: Value, events: readonly Value[]): Value {
  if (events.length === 0) return x;
  return graph.withoutTape(() => {
    const firsts = events.map((event) =>
      slice(graph, reshape(graph, event, [sizeOf(event.shape)]), 0, 0, 1),
    );
    const first = slice(graph, concat(graph, firsts, 0), 0, 0, 1);
    const known = graph.emit('Equal', [first, first], [1], {}, { type: 'bool' });
    // Both branches give the same value.
    return graph.emit('Where', [known, x, x], x.shape, {}, { type: x.type });
  });
}

/**
 * Builds a segment.
 *
 * @param x its input; it may read other values too, such as parameters.
 * @param recompute calls `build` a second time for the gradient; both calls must compute the same from their input.
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
