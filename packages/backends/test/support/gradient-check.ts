/** Holds the gradient of a piece of graph against finite differences. */
import { randomStream } from '@loci/core';
import { gradients } from '../../src/graph/autodiff/backward.ts';
import { GraphBuilder } from '../../src/graph/ir/builder.ts';
import { multiply } from '../../src/graph/rules/arithmetic.ts';
import { reduceSum } from '../../src/graph/rules/reduce.ts';
import { sizeOf } from '../../src/graph/ir/value.ts';
import type { Shape, Value } from '../../src/graph/ir/value.ts';
import type { GraphRuntime } from '../../src/graph/engine/graph-runtime.ts';
import type { Feed } from '../../src/graph/engine/runtime-messages.ts';

/** An input: random floats of a shape (within a range), given floats, or given integers. */
export type TestInput =
  | { readonly shape: Shape; readonly between?: readonly [number, number] }
  | { readonly shape: Shape; readonly data: Float32Array | Int32Array };

export type TestInputs = Readonly<Record<string, TestInput>>;

/** What a check found: the output, and the largest error of each gradient, relative where gradients exceed 1. */
export interface GradientCheck {
  readonly output: Float32Array;
  readonly errors: Readonly<Record<string, number>>;
}

/** Random floats that depend on the seed only. */
export function randomFloats(
  size: number,
  seed: number,
  [low, high]: readonly [number, number] = [-1, 1],
): Float32Array {
  const random = randomStream(seed);
  return Float32Array.from({ length: size }, () => low + (high - low) * random());
}

/** The elements of the inputs, in their order. */
export function elementsOf(inputs: TestInputs): [string, Float32Array | Int32Array][] {
  return Object.entries(inputs).map(([name, input], index) => [
    name,
    'data' in input ? input.data : randomFloats(sizeOf(input.shape), index + 1, input.between),
  ]);
}

/** A graph of some inputs. */
function declare(inputs: TestInputs) {
  const graph = new GraphBuilder();
  const values: Record<string, Value> = {};
  const feeds: Record<string, Feed> = {};
  for (const [name, data] of elementsOf(inputs)) {
    const { shape } = inputs[name]!;
    const type = data instanceof Int32Array ? 'int32' : 'float32';
    values[name] = graph.input(name, shape, type);
    feeds[name] = { type, shape, data };
  }
  return { graph, values, feeds };
}

/** The output of a piece of graph. */
export async function evaluate(
  runtime: GraphRuntime,
  inputs: TestInputs,
  build: (graph: GraphBuilder, values: Readonly<Record<string, Value>>) => Value,
): Promise<Float32Array> {
  const { graph, values, feeds } = declare(inputs);
  graph.output(build(graph, values), 'output');
  const session = await runtime.createSession(graph);
  const { output } = await runtime.run(session, feeds, { output: 'return' });
  await runtime.releaseSession(session);
  return output!.data as Float32Array;
}

const STEP = 1e-2;

/**
 * Differentiates `Σ weight ∘ output` with random weights, and compares with differences of fourth order. The sum is taken in
 * float64 on the host, so that float32 noise stays near 1e-5.
 *
 * @param targets inputs to differentiate by; all float inputs when left out.
 */
export async function checkGradients(
  runtime: GraphRuntime,
  inputs: TestInputs,
  build: (graph: GraphBuilder, values: Readonly<Record<string, Value>>) => Value,
  targets?: readonly string[],
): Promise<GradientCheck> {
  const { graph, values, feeds } = declare(inputs);
  const built = build(graph, values);
  const size = sizeOf(built.shape);
  const weights = randomFloats(size, 99);
  const weighted = multiply(graph, built, graph.constant(weights, built.shape));
  const scalar = reduceSum(graph, weighted, [...built.shape.keys()], false);
  const names = targets ?? Object.keys(inputs).filter((name) => values[name]!.type === 'float32');
  const found = gradients(
    graph,
    scalar,
    names.map((name) => values[name]!),
  );
  graph.output(built, 'output');
  names.forEach((name, index) => graph.output(found[index]!, `gradient of ${name}`));
  const session = await runtime.createSession(graph);
  const fetches = names.map((name) => [`gradient of ${name}`, 'return'] as const);
  const first = await runtime.run(session, feeds, {
    output: 'return',
    ...Object.fromEntries(fetches),
  });

  const objective = async (name: string, data: Float32Array) => {
    const changed = {
      ...feeds,
      [name]: { type: 'float32', shape: inputs[name]!.shape, data } as const,
    };
    const { output } = await runtime.run(session, changed, { output: 'return' });
    const result = output!.data as Float32Array;
    return weights.reduce((sum, weight, index) => sum + weight * result[index]!, 0);
  };
  const errors: Record<string, number> = {};
  for (const name of names) {
    const feed = feeds[name]!;
    const data = 'data' in feed ? (feed.data as Float32Array) : new Float32Array();
    const gradient = first[`gradient of ${name}`]!.data as Float32Array;
    let worst = 0;
    for (let index = 0; index < data.length; index++) {
      const at = async (steps: number) => {
        const moved = data.slice();
        moved[index] = moved[index]! + steps * STEP;
        return objective(name, moved);
      };
      const near = (await at(1)) - (await at(-1));
      const far = (await at(2)) - (await at(-2));
      const expected = (8 * near - far) / (12 * STEP);
      const error = Math.abs(gradient[index]! - expected) / Math.max(1, Math.abs(expected));
      worst = Math.max(worst, Number.isFinite(error) ? error : Infinity);
    }
    errors[name] = worst;
  }
  await runtime.releaseSession(session);
  return { output: first['output']!.data as Float32Array, errors };
}
