/** Differentiates the operations that a builder has recorded, in reverse mode. */
import type { GraphBuilder } from '../ir/builder.ts';
import type { TapeEntry } from '../ir/builder.ts';
import { add, sumTo } from '../rules/arithmetic.ts';
import type { Value } from '../ir/value.ts';

/**
 * Appends to the graph the gradients of a scalar with respect to some of its values. Only operations between them are differentiated.
 *
 * @param seed gradient of `scalar` itself; by default 1.
 * @param tape the operations in between; by default all that the graph has recorded.
 * @returns one value per entry of `targets`, undefined where the scalar does not depend on it.
 */
export function gradients(
  graph: GraphBuilder,
  scalar: Value,
  targets: readonly Value[],
  seed: Value = graph.scalar(1),
  tape: readonly TapeEntry[] = graph.tape,
): (Value | undefined)[] {
  return graph.withoutTape(() => {
    const entries = tape.slice();
    const reached = new Set(targets);
    for (const { inputs, outputs } of entries) {
      if (inputs.some((input) => reached.has(input)))
        for (const output of outputs) reached.add(output);
    }
    const collected = new Map<Value, Value>([[scalar, seed]]);
    for (const { inputs, outputs, vjp } of entries.reverse()) {
      const incoming = outputs.map((output) => collected.get(output));
      const needed = inputs.map((input) => reached.has(input));
      if (!incoming.some(Boolean) || !needed.some(Boolean)) continue;
      const outgoing = vjp(incoming, needed);
      inputs.forEach((input, index) => {
        const gradient = outgoing[index];
        if (!gradient || !needed[index]) return;
        const fitted = sumTo(graph, gradient, input.shape);
        const before = collected.get(input);
        collected.set(input, before ? add(graph, before, fitted) : fitted);
      });
    }
    return targets.map((target) => collected.get(target));
  });
}
