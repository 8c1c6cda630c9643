/** The operations of `TensorOps` on small inputs, for engines to be held against finite differences and each other. */
import type { TensorOps } from '../../src/ops/tensor-ops.ts';
import type { TestInputs } from './gradient-check.ts';

/** Added to scores that must not count. */
export const HIDDEN = -1e9;

/** An operation on named inputs. */
export type Operation = <T>(ops: TensorOps<T>, values: Readonly<Record<string, T>>) => T;

const half = [0.3, 1.1, -0.4, 2.0, 0, 0.9];
const tables = {
  cos: { shape: [3, 2], data: Float32Array.from(half, Math.cos) },
  sin: { shape: [3, 2], data: Float32Array.from(half, Math.sin) },
};

/** Operations with their inputs; an empty list of targets stands for all float inputs. */
export const OPERATIONS: readonly (readonly [string, TestInputs, Operation, readonly string[]])[] =
  [
    [
      'linear',
      { x: { shape: [3, 4] }, w: { shape: [2, 4] }, b: { shape: [2] } },
      (ops, { x, w, b }) => ops.linear(x!, w!, b!),
      [],
    ],
    [
      'rmsNorm',
      { x: { shape: [3, 4] }, w: { shape: [4] } },
      (ops, { x, w }) => ops.rmsNorm(x!, w!, 1e-5),
      [],
    ],
    [
      'rmsNorm by head',
      { x: { shape: [3, 8] }, w: { shape: [4] } },
      (ops, { x, w }) => ops.reshape(ops.rmsNorm(ops.reshape(x!, [6, 4]), w!, 1e-5), [3, 8]),
      [],
    ],
    [
      'layerNorm',
      { x: { shape: [3, 5] }, w: { shape: [5] }, b: { shape: [5] } },
      (ops, { x, w, b }) => ops.layerNorm(x!, w!, b!, 1e-5),
      [],
    ],
    [
      'layerNorm beside a residual',
      { x: { shape: [3, 4] }, y: { shape: [3, 4] }, w: { shape: [4] }, b: { shape: [4] } },
      (ops, { x, y, w, b }) => {
        const sum = ops.add(x!, y!);
        return ops.add(sum, ops.layerNorm(sum, w!, b!, 1e-5));
      },
      [],
    ],
    [
      'swiglu',
      { gate: { shape: [3, 4], between: [-3, 3] }, up: { shape: [3, 4] } },
      (ops, { gate, up }) => ops.swiglu(gate!, up!),
      [],
    ],
    ['gelu', { x: { shape: [3, 4], between: [-3, 3] } }, (ops, { x }) => ops.gelu(x!), []],
    [
      'gelu by tanh',
      { x: { shape: [3, 4], between: [-3, 3] } },
      (ops, { x }) => ops.gelu(x!, 'tanh'),
      [],
    ],
    [
      'gelu by tanh at its ends',
      { x: { shape: [1, 5], data: Float32Array.of(-20, -6, 0, 6, 20) } },
      (ops, { x }) => ops.gelu(x!, 'tanh'),
      [],
    ],
    [
      'rotate',
      { x: { shape: [3, 8] }, ...tables },
      (ops, { x, cos, sin }) => ops.rotate(x!, { cos: cos!, sin: sin! }, 2),
      ['x'],
    ],
    [
      'embed',
      { w: { shape: [4, 3] }, ids: { shape: [4], data: Int32Array.of(1, 3, 1, 1) } },
      (ops, { w, ids }) => ops.embed(w!, ids!),
      [],
    ],
    [
      'positions mixed of four rows of a table',
      {
        table: { shape: [4, 3] },
        ids: { shape: [8], data: Int32Array.of(0, 0, 1, 0, 2, 2, 3, 2) },
        shares: { shape: [8, 1], data: Float32Array.of(1, 0.2, 0.5, 0.1, 0, 0.3, 0.4, 0.5) },
      },
      (ops, { table, ids, shares }) => {
        const mixed = ops.multiply(ops.embed(table!, ids!), shares!);
        const corner = (at: number) => ops.sliceRows(mixed, 2 * at, 2 * at + 2);
        return ops.add(ops.add(corner(0), corner(1)), ops.add(corner(2), corner(3)));
      },
      ['table'],
    ],
    [
      'features added to some rows',
      {
        x: { shape: [5, 3] },
        features: { shape: [3, 3] },
        index: { shape: [5], data: Int32Array.of(3, 1, 3, 0, 3) },
        inverse: { shape: [3], data: Int32Array.of(3, 1, 5) },
      },
      (ops, { x, features, index, inverse }) => {
        const permutation = {
          index: index!,
          inverse: inverse!,
          hasZeroRows: true,
          leavesOut: true,
        };
        return ops.add(x!, ops.permuteRows(features!, permutation));
      },
      [],
    ],
    [
      'tokenLogProbs',
      {
        logits: { shape: [2, 5], between: [-2, 2] },
        targets: { shape: [2, 3], data: Int32Array.of(4, 0, 4, 1, 2, 3) },
      },
      (ops, { logits, targets }) => ops.tokenLogProbs(logits!, targets!),
      [],
    ],
    [
      'tokenFigures',
      {
        logits: { shape: [2, 5], between: [-2, 2] },
        targets: { shape: [2, 3], data: Int32Array.of(4, 0, 4, 1, 2, 3) },
      },
      (ops, { logits, targets }) => ops.tokenFigures(logits!, targets!),
      [],
    ],
    [
      'tokenFigures of one target a row, at a temperature',
      {
        logits: { shape: [3, 4], between: [-3, 3] },
        targets: { shape: [3, 1], data: Int32Array.of(3, 0, 1) },
      },
      (ops, { logits, targets }) => ops.tokenFigures(ops.scale(logits!, 1 / 0.7), targets!),
      [],
    ],
    [
      'attendSegments',
      {
        q: { shape: [6, 8] },
        k: { shape: [6, 4] },
        v: { shape: [6, 4] },
        keyMask: { shape: [2, 3], data: Float32Array.of(0, 0, HIDDEN, 0, 0, 0) },
      },
      (ops, { q, k, v, keyMask }) =>
        ops.attendSegments(q!, k!, v!, {
          segments: 2,
          length: 3,
          heads: 4,
          keyValueHeads: 2,
          headSize: 2,
          keyMask: keyMask!,
        }),
      ['q', 'k', 'v'],
    ],
    [
      'attendSharedPrompt',
      {
        q: { shape: [14, 4] },
        k: { shape: [14, 2] },
        v: { shape: [14, 2] },
        promptMask: { shape: [2, 3], data: Float32Array.of(0, 0, 0, 0, 0, HIDDEN) },
      },
      (ops, { q, k, v, promptMask }) =>
        ops.attendSharedPrompt(q!, k!, v!, {
          groups: 2,
          promptLength: 3,
          bands: [{ completions: 4, length: 2 }],
          heads: 2,
          keyValueHeads: 1,
          headSize: 2,
          promptMask: promptMask!,
        }),
      ['q', 'k', 'v'],
    ],
    [
      'attendSharedPrompt in bands',
      {
        q: { shape: [13, 4] },
        k: { shape: [13, 2] },
        v: { shape: [13, 2] },
        promptMask: { shape: [2, 3], data: Float32Array.of(0, 0, 0, 0, 0, HIDDEN) },
        short: { shape: [1, 2], data: Float32Array.of(0, 1) },
        long: { shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 1, 0) },
      },
      (ops, { q, k, v, promptMask, short, long }) =>
        ops.attendSharedPrompt(q!, k!, v!, {
          groups: 2,
          promptLength: 3,
          bands: [
            { completions: 1, length: 1, owners: short! },
            { completions: 3, length: 2, owners: long! },
          ],
          heads: 2,
          keyValueHeads: 1,
          headSize: 2,
          promptMask: promptMask!,
        }),
      ['q', 'k', 'v'],
    ],
  ];
