// @ts-check
/**
 * The optimiser's arithmetic on arrays of the host, in WebAssembly SIMD: AdamW, the sum of squares, and one array added to
 * another. Arrays that an optimiser keeps lie in one memory of WebAssembly; others pass through a small one chunk by chunk, which
 * takes about five times as long and works for any length. Every operation is that of `engine/adamw.ts` in the same order, rounded to float32 each
 * time, so that results equal those of a graph to the last bit.
 */
import {
  f32x4,
  f64Add,
  f64x2,
  i32,
  localGet,
  localSet,
  loopWhile,
  upperHalf,
  v128,
  wasmModule,
} from './wasm-assembler.mjs';

/** @typedef {import('./wasm-assembler.mjs').Code} Code */
/** @typedef {import('./wasm-assembler.mjs').WasmFunction} WasmFunction */
/** @typedef {import('../../engine/adamw.ts').AdamWNumber} AdamWNumber */

/** Elements of a chunk; four chunks take 64 KiB. */
const CHUNK = 4096;
const PAGE_BYTES = 65536;
/** Elements of a vector. */
const LANES = 4;

/** The next vector of each pointer, until the first of them reaches `end`. @param {readonly number[]} pointers @param {number} end @param {Code} body */
function overVectors(pointers, end, body) {
  const onward = pointers.flatMap((pointer) =>
    localSet(pointer, i32.add(localGet(pointer), i32.constant(4 * LANES))),
  );
  const isBefore = i32.lessUnsigned(localGet(pointers[0] ?? 0), localGet(end));
  return loopWhile([...body, ...onward], isBefore);
}

/** The arrays of an update in the order in which they lie in the memory. */
const ARRAYS = /** @type {const} */ (['parameters', 'gradient', 'mean', 'square']);

/** The numbers in the order of the parameters of `adamw`; `ADAMW_NUMBERS` cannot be had here, since a worker of Node 20 loads no TypeScript. @type {readonly AdamWNumber[]} */
const NUMBERS = [
  'gradientScale',
  'beta1',
  'oneMinusBeta1',
  'beta2',
  'oneMinusBeta2',
  'inverseRootCorrection2',
  'epsilon',
  'stepSize',
  'decay',
];

/** `adamw(parameters, gradient, mean, square, end of the parameters, numbers …)`: one update in place. @returns {WasmFunction} */
function adamw() {
  const [parameters, gradient, mean, square, end] = [0, 1, 2, 3, 4];
  const firstLocal = 5 + NUMBERS.length;
  const [g, m, v] = [firstLocal, firstLocal + 1, firstLocal + 2];
  const number = (/** @type {AdamWNumber} */ name) =>
    f32x4.splat(localGet(5 + NUMBERS.indexOf(name)));
  const load = (/** @type {number} */ pointer) => v128.load(localGet(pointer));
  const store = (/** @type {number} */ pointer, /** @type {Code} */ value) =>
    v128.store(localGet(pointer), value);
  const { add, sub, mul, div, sqrt } = f32x4;
  const root = mul(sqrt(localGet(v)), number('inverseRootCorrection2'));
  const step = mul(div(localGet(m), add(root, number('epsilon'))), number('stepSize'));
  return {
    name: 'adamw',
    parameters: [
      'i32',
      'i32',
      'i32',
      'i32',
      'i32',
      ...NUMBERS.map(() => /** @type {const} */ ('f32')),
    ],
    locals: ['v128', 'v128', 'v128'],
    body: overVectors([parameters, gradient, mean, square], end, [
      ...localSet(g, mul(load(gradient), number('gradientScale'))),
      ...localSet(
        m,
        add(mul(load(mean), number('beta1')), mul(localGet(g), number('oneMinusBeta1'))),
      ),
      ...localSet(
        v,
        add(
          mul(load(square), number('beta2')),
          mul(mul(localGet(g), localGet(g)), number('oneMinusBeta2')),
        ),
      ),
      ...store(mean, localGet(m)),
      ...store(square, localGet(v)),
      ...store(parameters, sub(mul(load(parameters), number('decay')), step)),
    ]),
  };
}

/** `squares(x, end)`: the sum of squares in float64. @returns {WasmFunction} */
function squares() {
  const [x, end, value, sum, wide] = [0, 1, 2, 3, 4];
  const addSquare = (/** @type {Code} */ half) => [
    ...localSet(wide, f64x2.promoteLow(half)),
    ...localSet(sum, f64x2.add(localGet(sum), f64x2.mul(localGet(wide), localGet(wide)))),
  ];
  return {
    name: 'squares',
    parameters: ['i32', 'i32'],
    result: 'f64',
    locals: ['v128', 'v128', 'v128'],
    body: [
      ...overVectors([x], end, [
        ...localSet(value, v128.load(localGet(x))),
        ...addSquare(localGet(value)),
        ...addSquare(upperHalf(localGet(value))),
      ]),
      ...f64Add(f64x2.lane0(localGet(sum)), f64x2.lane1(localGet(sum))),
    ],
  };
}

/** `add(target, end of it, x)`: adds x to the target in place. @returns {WasmFunction} */
function add() {
  const [target, end, x] = [0, 1, 2];
  return {
    name: 'add',
    parameters: ['i32', 'i32', 'i32'],
    locals: [],
    body: overVectors(
      [target, x],
      end,
      v128.store(localGet(target), f32x4.add(v128.load(localGet(target)), v128.load(localGet(x)))),
    ),
  };
}

const module = new WebAssembly.Module(wasmModule([adamw(), squares(), add()]));

/** The most elements that four arrays in one memory of WebAssembly can have. */
export const MOST_ELEMENTS = 2 ** 28 - 2 ** 15;

/** Four arrays of one length in one memory of WebAssembly, and the arithmetic on them where they lie. */
export class UpdateMemory {
  /** Bytes from one array to the next: whole vectors, the last of which ends in zeros. */
  #stride;
  #kernels;
  /** By name, views of the memory. @type {Readonly<Record<typeof ARRAYS[number], Float32Array>>} */
  arrays;

  /** @param {number} length of each array, at most `MOST_ELEMENTS`. */
  constructor(length) {
    this.#stride = 4 * LANES * Math.ceil(length / LANES);
    const memory = new WebAssembly.Memory({
      initial: Math.ceil((ARRAYS.length * this.#stride) / PAGE_BYTES),
    });
    const { exports } = new WebAssembly.Instance(module, { host: { memory } });
    this.#kernels =
      /** @type {Record<'adamw' | 'squares' | 'add', (...numbers: number[]) => number>} */ (
        /** @type {unknown} */ (exports)
      );
    const view = (/** @type {number} */ index) =>
      new Float32Array(memory.buffer, index * this.#stride, length);
    this.arrays = { parameters: view(0), gradient: view(1), mean: view(2), square: view(3) };
  }

  /** One AdamW update; the gradient stays as it is. @param {Readonly<Record<AdamWNumber, number>>} numbers */
  adamw(numbers) {
    const places = ARRAYS.map((_, index) => index * this.#stride);
    this.#kernels.adamw(...places, this.#stride, ...NUMBERS.map((name) => numbers[name]));
  }

  /** The sum of squares of the gradient, added up in float64. */
  squares() {
    return this.#kernels.squares(this.#stride, 2 * this.#stride);
  }

  /** Adds the gradient to the parameters. */
  add() {
    this.#kernels.add(0, this.#stride, this.#stride);
  }
}

/** Takes arrays from elsewhere through it, a chunk at a time. */
const chunks = new UpdateMemory(CHUNK);

/**
 * Copies the same stretch of several arrays into the memory and calls `work`; what follows the end of the arrays is zeros.
 *
 * @param {Readonly<Partial<Record<typeof ARRAYS[number], Float32Array>>>} arrays of one length.
 * @param {(start: number, count: number) => void} work
 */
function byChunk(arrays, work) {
  const given = ARRAYS.flatMap((name) => {
    const array = arrays[name];
    return array ? [{ array, place: chunks.arrays[name] }] : [];
  });
  const length = given[0]?.array.length ?? 0;
  for (let start = 0; start < length; start += CHUNK) {
    const count = Math.min(CHUNK, length - start);
    for (const { array, place } of given) {
      place.set(array.subarray(start, start + count));
      place.fill(0, count);
    }
    work(start, count);
  }
}

/** The sum of squares of an array, added up in float64. @param {Float32Array} gradient */
export function sumOfSquares(gradient) {
  let sum = 0;
  byChunk({ gradient }, () => {
    sum += chunks.squares();
  });
  return sum;
}

/** Adds an array to a target in place. @param {Float32Array} target @param {Float32Array} added of the same length. */
export function addInPlace(target, added) {
  byChunk({ parameters: target, gradient: added }, (start, count) => {
    chunks.add();
    target.set(chunks.arrays.parameters.subarray(0, count), start);
  });
}

/**
 * One AdamW update in place of arrays that lie anywhere; the gradient stays as it is. The formula is that of `engine/adamw.ts`.
 *
 * @param {Readonly<Record<typeof ARRAYS[number], Float32Array>>} arrays of one length.
 * @param {Readonly<Record<AdamWNumber, number>>} numbers
 */
export function adamwInPlace(arrays, numbers) {
  byChunk(arrays, (start, count) => {
    chunks.adamw(numbers);
    for (const name of /** @type {const} */ (['parameters', 'mean', 'square'])) {
      arrays[name].set(chunks.arrays[name].subarray(0, count), start);
    }
  });
}
