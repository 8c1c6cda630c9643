import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphOps } from '../../../src/graph/lower/graph-ops.ts';
import { OnnxRuntime } from '../../../src/onnx/onnx-runtime.ts';
import { tfjsElementOps } from '../../../src/tfjs/ops/element-ops.ts';
import { flaggedProducts, transposedProducts } from '../../../src/tfjs/ops/products.ts';
import { tfjsOps } from '../../../src/tfjs/ops/tfjs-ops.ts';
import type { StartedBackend } from '../../../src/tfjs/start/backend.ts';
import { startBackend } from '../../../src/tfjs/start/start-backend.ts';
import type { Tensor } from '../../../src/tfjs/tf.ts';
import { elementsOf, evaluate, randomFloats } from '../../support/gradient-check.ts';
import { FORMULAS, largestError } from '../../support/formulas.ts';
import type { TestInputs } from '../../support/gradient-check.ts';
import { OPERATIONS } from '../../support/operations.ts';
import type { Operation } from '../../support/operations.ts';

const TOLERANCE = 2e-3;
const STEP = 1e-2;

let runtime: OnnxRuntime;
beforeAll(() => {
  runtime = new OnnxRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

describe.each(['wasm', 'cpu'] as const)('operations on %s', (engine) => {
  let backend: StartedBackend;
  beforeAll(async () => {
    backend = await startBackend(engine);
  });

  function upload(inputs: TestInputs, values: readonly [string, Float32Array | Int32Array][]) {
    const { tf } = backend;
    return Object.fromEntries(
      values.map(([name, data]) => [
        name,
        tf.tensor(data, [...inputs[name]!.shape], data instanceof Int32Array ? 'int32' : 'float32'),
      ]),
    );
  }

  async function run(inputs: TestInputs, operation: Operation, values = elementsOf(inputs)) {
    const { tf, products } = backend;
    const output = tf.tidy(() => operation(tfjsOps(tf, products), upload(inputs, values)));
    const data = await output.data<'float32'>();
    output.dispose();
    return data.slice();
  }

  test.each(OPERATIONS)('%s gives what ONNX gives', async (_, inputs, operation) => {
    const expected = await evaluate(runtime, inputs, (graph, values) =>
      operation(graphOps(graph, 'plain'), values),
    );
    const found = await run(inputs, operation);
    expect(found).toHaveLength(expected.length);
    expected.forEach((value, at) => expect(found[at]).toBeCloseTo(value, 5));
  });

  test.each(FORMULAS)('%s is its formula in float64', async (_, row) => {
    expect(largestError(await run(row.inputs, row.operation), row)).toBeLessThan(row.tolerance);
  });

  test.each(OPERATIONS)(
    '%s has the gradient of finite differences, and leaves no tensor',
    async (_, inputs, operation, targets) => {
      const { tf, products } = backend;
      const before = tf.memory().numTensors;
      const values = elementsOf(inputs);
      const names =
        targets.length > 0
          ? targets
          : values.filter(([, data]) => data instanceof Float32Array).map(([name]) => name);
      const weights = randomFloats((await run(inputs, operation)).length, 99);
      const gradients = tf.tidy(() => {
        const tensors = upload(inputs, values);
        const weighted = () => {
          const output = operation(tfjsOps(tf, products), tensors);
          return tf.sum(tf.mul(tf.reshape(output, [-1]), tf.tensor1d(weights)));
        };
        const by = names.map((name) => tensors[name]!);
        return tf.engine().gradients(weighted, by, undefined, true).grads;
      });
      for (const [index, name] of names.entries()) {
        const gradient = (await gradients[index]!.data<'float32'>()).slice();
        const data = values.find(([other]) => other === name)![1];
        for (let at = 0; at < data.length; at++) {
          const moved = async (steps: number) => {
            const changed = data.slice();
            changed[at] = changed[at]! + steps * STEP;
            const output = await run(
              inputs,
              operation,
              values.map(([other, own]) => [other, other === name ? changed : own]),
            );
            return output.reduce((sum, value, place) => sum + value * weights[place]!, 0);
          };
          const near = (await moved(1)) - (await moved(-1));
          const far = (await moved(2)) - (await moved(-2));
          const expected = (8 * near - far) / (12 * STEP);
          const error = Math.abs(gradient[at]! - expected) / Math.max(1, Math.abs(expected));
          expect({ name, at, within: error <= TOLERANCE, error }).toMatchObject({ within: true });
        }
      }
      tf.dispose(gradients as Tensor[]);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('layerNorm with a frozen weight and bias sends x the same gradient, and them none', async () => {
    const { tf, products } = backend;
    const inputs = { x: { shape: [3, 5] }, w: { shape: [5] }, b: { shape: [5] } };
    const { x, w, b } = upload(inputs, elementsOf(inputs));
    const gradientsOf = (frozen: ReadonlySet<Tensor>) => {
      const normed = () => tfjsOps(tf, products, { frozen }).layerNorm(x!, w!, b!, 1e-5);
      const weighted = () => tf.sum(tf.mul(normed(), tf.range(0, 5)));
      return tf.engine().gradients(weighted, [x!, w!, b!], undefined, true).grads;
    };
    const trained = gradientsOf(new Set());
    const frozen = gradientsOf(new Set([w!, b!]));
    expect([...(await frozen[0]!.data())]).toEqual([...(await trained[0]!.data())]);
    expect([...(await trained[2]!.data())]).toEqual([0, 3, 6, 9, 12]);
    expect(frozen.slice(1)).toEqual([undefined, undefined]);
    tf.dispose([x!, w!, b!, ...trained, frozen[0]!]);
  });

  test('gradients of minimum and maximum go to the first of equals, and none past detach', async () => {
    const { tf } = backend;
    const ops = tfjsElementOps(tf);
    const [a, b] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([2, 2, 2])];
    const by = async (f: () => Tensor) => {
      const { grads } = tf.engine().gradients(() => tf.sum(f()), [a, b], undefined, true);
      return Promise.all(grads.map(async (gradient) => [...(await gradient.data())]));
    };
    expect(await by(() => ops.minimum(a, b))).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(await by(() => ops.maximum(a, b))).toEqual([
      [0, 1, 1],
      [1, 0, 0],
    ]);
    expect(await by(() => ops.multiply(ops.detach(a), b))).toEqual([
      [0, 0, 0],
      [1, 2, 3],
    ]);
  });
});

test('products by explicit transposes are those by flags, batches large and small', async () => {
  const { tf } = await startBackend('wasm');
  const [flagged, transposed] = [flaggedProducts(tf), transposedProducts(tf)];
  for (const [rows, inner, columns] of [
    [5, 3, 4],
    [70, 50, 60],
  ] as const) {
    for (const [a, b] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const left = tf.randomNormal([3, ...(a ? [inner, rows] : [rows, inner])]);
      const right = tf.randomNormal([3, ...(b ? [columns, inner] : [inner, columns])]);
      const distance = (x: Tensor, y: Tensor) => tf.max(tf.abs(tf.sub(x, y))).dataSync()[0]!;
      const batched = [flagged, transposed].map((each) => each.batched(left, right, { a, b }));
      expect(batched[1]!.shape).toEqual([3, rows, columns]);
      expect(distance(batched[0]!, batched[1]!)).toBeLessThan(1e-4);
      const [first, second] = [left, right].map((x) =>
        tf.reshape(tf.slice(x, 0, 1), x.shape.slice(1)),
      );
      const single = [flagged, transposed].map((each) => each.matrix(first!, second!, { a, b }));
      expect(distance(single[0]!, single[1]!)).toBeLessThan(1e-4);
    }
  }
});
