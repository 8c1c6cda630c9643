/**
 * Defines the WebAssembly instructions of the kernels, under their names in the specification. An expression leaves one value of a type.
 * Addresses are bytes.
 */
import { float32, signed, unsigned } from './encoding.ts';
import type { Code } from './encoding.ts';

/** Types of values. */
export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

/** Instructions that leave a value of a type. */
export interface Expression<Type extends ValueType> {
  readonly type: Type;
  readonly code: Code;
}

/** Instructions that leave no value. */
export type Statement = Code;

/** A parameter or local: reading it is an expression. */
export interface Variable<Type extends ValueType> extends Expression<Type> {
  set(value: Expression<Type>): Statement;
}

type I32 = Expression<'i32'>;
type F32 = Expression<'f32'>;
type F64 = Expression<'f64'>;
type V128 = Expression<'v128'>;

/** Prefix of the instructions on vectors. */
const VECTOR = 0xfd;

function expression<Type extends ValueType>(
  type: Type,
  ...code: readonly Code[]
): Expression<Type> {
  return { type, code: code.flat() };
}

/** An instruction of two operands of one type. */
function binary<Operand extends ValueType, Result extends ValueType>(
  type: Result,
  ...opcode: Code
) {
  return (a: Expression<Operand>, b: Expression<Operand>): Expression<Result> =>
    expression(type, a.code, b.code, opcode);
}

function onVectors(number: number) {
  return binary<'v128', 'v128'>('v128', VECTOR, ...unsigned(number));
}

function onVector(number: number) {
  return (x: V128): V128 => expression('v128', x.code, [VECTOR, ...unsigned(number)]);
}

/** The guaranteed alignment, as a power of two, and the constant part of an address. */
function place(alignment: number, offset: number): Code {
  return [alignment, ...unsigned(offset)];
}

function vectorLoad(number: number, alignment: number) {
  return (address: I32, offset = 0): V128 =>
    expression('v128', address.code, [VECTOR, number], place(alignment, offset));
}

/** Integers, among them addresses. */
export const i32 = {
  constant: (value: number): I32 => expression('i32', [0x41], signed(value)),
  add: binary<'i32', 'i32'>('i32', 0x6a),
  subtract: binary<'i32', 'i32'>('i32', 0x6b),
  multiply: binary<'i32', 'i32'>('i32', 0x6c),
  /** Whether a < b, both unsigned. */
  less: binary<'i32', 'i32'>('i32', 0x49),
  /** 1 where both are the same, 0 otherwise. */
  equal: binary<'i32', 'i32'>('i32', 0x46),
  load: (address: I32): I32 => expression('i32', address.code, [0x28], place(2, 0)),
  store: (address: I32, value: I32): Statement => [
    ...address.code,
    ...value.code,
    0x36,
    ...place(2, 0),
  ],
} as const;

/** Floats of single precision. */
export const f32 = {
  constant: (value: number): F32 => expression('f32', [0x43], float32(value)),
  add: binary<'f32', 'f32'>('f32', 0x92),
  multiply: binary<'f32', 'f32'>('f32', 0x94),
  divide: binary<'f32', 'f32'>('f32', 0x95),
  squareRoot: (x: F32): F32 => expression('f32', x.code, [0x91]),
  load: (address: I32): F32 => expression('f32', address.code, [0x2a], place(2, 0)),
  ofWhole: (x: I32): F32 => expression('f32', x.code, [0xb2]),
} as const;

/** Floats of double precision. */
export const f64 = {
  add: binary<'f64', 'f64'>('f64', 0xa0),
  load: (address: I32): F64 => expression('f64', address.code, [0x2b], place(3, 0)),
  store: (address: I32, value: F64): Statement => [
    ...address.code,
    ...value.code,
    0x39,
    ...place(3, 0),
  ],
  ofSingle: (x: F32): F64 => expression('f64', x.code, [0xbb]),
} as const;

/** Vectors of 16 bytes. */
export const v128 = {
  load: vectorLoad(0, 2),
  /** One number, in all four lanes. */
  loadSplat: vectorLoad(9, 2),
  /** One number in lane 0, zeros in the others. */
  loadZero: vectorLoad(92, 2),
  store: (address: I32, value: V128, offset = 0): Statement => [
    ...address.code,
    ...value.code,
    ...[VECTOR, 11],
    ...place(2, offset),
  ],
  /** Stores lane 0. */
  storeFirst: (address: I32, value: V128, offset = 0): Statement => [
    ...address.code,
    ...value.code,
    ...[VECTOR, 90],
    ...place(2, offset),
    0,
  ],
  /** Stores lanes 0 and 1. */
  storeFirstTwo: (address: I32, value: V128, offset = 0): Statement => [
    ...address.code,
    ...value.code,
    ...[VECTOR, 91],
    ...place(2, offset),
    0,
  ],
  zero: expression('v128', [VECTOR, 12, ...new Array<number>(16).fill(0)]),
  and: onVectors(78),
  /** Four lanes of the eight of `a` (0 to 3) and `b` (4 to 7). */
  shuffle: (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 =>
    expression('v128', a.code, b.code, [
      ...[VECTOR, 13],
      ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
    ]),
} as const;

/** Vectors of four floats of single precision. */
export const f32x4 = {
  constant: (value: number): V128 =>
    expression('v128', [VECTOR, 12], ...new Array<Code>(4).fill(float32(value))),
  splat: (x: F32): V128 => expression('v128', x.code, [VECTOR, 19]),
  first: (x: V128): F32 => expression('f32', x.code, [VECTOR, 31, 0]),
  add: onVectors(228),
  subtract: onVectors(229),
  multiply: onVectors(230),
  divide: onVectors(231),
  squareRoot: onVector(227),
  /** `b < a ? b : a` */
  least: onVectors(234),
  /** `a < b ? b : a` */
  most: onVectors(235),
  /** All ones in the lanes where a > b. */
  greater: onVectors(68),
} as const;

/** Vectors of four integers. */
export const i32x4 = {
  constant: (value: number): V128 =>
    expression('v128', [
      ...[VECTOR, 12],
      ...new Array<Code>(4).fill([...new Uint8Array(Int32Array.of(value).buffer)]).flat(),
    ]),
  add: onVectors(174),
  shiftLeft: (x: V128, bits: number): V128 =>
    expression('v128', x.code, i32.constant(bits).code, [VECTOR, ...unsigned(171)]),
  /** Truncates floats. */
  ofFloats: onVector(248),
} as const;

/** Vectors of two floats of double precision. */
export const f64x2 = {
  add: onVectors(240),
  multiply: onVectors(242),
  /** Widens the first two of four floats. */
  ofFirstTwo: onVector(95),
  lane: (x: V128, lane: 0 | 1): F64 => expression('f64', x.code, [VECTOR, 33, lane]),
} as const;

/** Runs the body, and again as long as the condition holds after it. */
export function repeatWhile(condition: I32, body: readonly Statement[]): Statement {
  return [0x03, 0x40, ...body.flat(), ...condition.code, 0x0d, 0, 0x0b];
}

/** Runs the body as long as the condition holds before it. */
export function whileTrue(condition: I32, body: readonly Statement[]): Statement {
  const leave = [...condition.code, 0x45, 0x0d, 1];
  return [0x02, 0x40, 0x03, 0x40, ...leave, ...body.flat(), 0x0c, 0, 0x0b, 0x0b];
}
