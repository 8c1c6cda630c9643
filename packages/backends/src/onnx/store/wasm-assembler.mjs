// @ts-check
/**
 * WebAssembly modules written down in JavaScript: expressions are lists of bytes, put together by functions that are named as
 * the instructions of the text format are. It covers what `vector-kernels.mjs` needs. Plain JavaScript, as the session worker is.
 *
 * Source of the encoding: WebAssembly Core Specification 2.0, section 5 (binary format).
 */

/** An expression or statement: the bytes of its instructions. @typedef {readonly number[]} Code */
/** @typedef {'i32' | 'f32' | 'f64' | 'v128'} WasmType */

/** @type {Readonly<Record<WasmType, number>>} */
const TYPES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** An unsigned number in LEB128. @param {number} value @returns {Code} */
function unsigned(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** A number from 0 to 2^30 in signed LEB128, as constants are written. @param {number} value @returns {Code} */
function signed(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 64; rest >>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** An instruction of the SIMD group. @param {number} opcode @param {Code} [immediate] */
const simd =
  (opcode, immediate = []) =>
  (/** @type {Code[]} */ ...operands) => [
    ...operands.flat(),
    0xfd,
    ...unsigned(opcode),
    ...immediate,
  ];

/** Where a load or store of 16 bytes lies: aligned to 16 bytes, no offset. */
const PLACE = [4, 0];

/** @param {number} index @returns {Code} */
export const localGet = (index) => [0x20, ...unsigned(index)];
/** @param {number} index @param {Code} value @returns {Code} */
export const localSet = (index, value) => [...value, 0x21, ...unsigned(index)];

export const i32 = {
  /** @param {number} value @returns {Code} */
  constant: (value) => [0x41, ...signed(value)],
  /** @param {Code} a @param {Code} b @returns {Code} */
  add: (a, b) => [...a, ...b, 0x6a],
  /** @param {Code} a @param {Code} b @returns {Code} */
  lessUnsigned: (a, b) => [...a, ...b, 0x49],
};

export const v128 = { load: simd(0x00, PLACE), store: simd(0x0b, PLACE) };

export const f32x4 = {
  splat: simd(0x13),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  sqrt: simd(0xe3),
};

export const f64x2 = {
  add: simd(0xf0),
  mul: simd(0xf2),
  /** The two lower lanes of four float32. */
  promoteLow: simd(0x5f),
  lane0: simd(0x21, [0]),
  lane1: simd(0x21, [1]),
};

/** @param {Code} a @param {Code} b @returns {Code} */
export const f64Add = (a, b) => [...a, ...b, 0xa0];

/** The upper two of four float32 in the place of the lower ones. @param {Code} x @returns {Code} */
export const upperHalf = (x) =>
  simd(0x0d, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7])(x, x);

/** Repeats a body for as long as the condition after it is not zero. @param {Code} body @param {Code} condition @returns {Code} */
export const loopWhile = (body, condition) => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];

/**
 * A function that a module exports.
 *
 * @typedef {object} WasmFunction
 * @property {string} name
 * @property {readonly WasmType[]} parameters
 * @property {WasmType} [result]
 * @property {readonly WasmType[]} locals numbered after the parameters.
 * @property {Code} body
 */

/** @param {number} id @param {readonly Code[]} entries @returns {Code} */
function section(id, entries) {
  const content = [...unsigned(entries.length), ...entries.flat()];
  return [id, ...unsigned(content.length), ...content];
}

/** @param {string} text @returns {Code} */
const string = (text) => [...unsigned(text.length), ...new TextEncoder().encode(text)];

/**
 * The bytes of a module that exports its functions and imports its memory as `host.memory`.
 *
 * @param {readonly WasmFunction[]} functions
 */
export function wasmModule(functions) {
  const list = (/** @type {readonly WasmType[]} */ types) => [
    ...unsigned(types.length),
    ...types.map((type) => TYPES[type]),
  ];
  const code = functions.map(({ locals, body }) => {
    const declared = [
      ...unsigned(locals.length),
      ...locals.flatMap((type) => [1, TYPES[type]]),
      ...body,
      0x0b,
    ];
    return [...unsigned(declared.length), ...declared];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      functions.map(({ parameters, result }) => [
        0x60,
        ...list(parameters),
        ...list(result ? [result] : []),
      ]),
    ),
    ...section(2, [[...string('host'), ...string('memory'), 0x02, 0x00, 0x00]]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      functions.map(({ name }, index) => [...string(name), 0x00, ...unsigned(index)]),
    ),
    ...section(10, code),
  ]);
}
