import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signed, unsigned } from '../../../src/wasm/emit/encoding.ts';
import { f32x4, i32, v128 } from '../../../src/wasm/emit/instructions.ts';
import { kernel, MAX_PAGES, moduleOf } from '../../../src/wasm/emit/module.ts';
import { Instance, Memory, Module } from '../../../src/wasm/emit/web-assembly.ts';

test('numbers are written as the specification has them', () => {
  // The examples of Wikipedia's page on LEB128.
  expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
});

test('a module gives back the constant that was put in', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
      const constant = kernel('constant', {}, () => ({
        statements: [],
        result: i32.constant(value),
      }));
      const memory = new Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
      const module = new Module(moduleOf([constant]));
      const { exports } = new Instance(module, { loci: { memory } });
      expect((exports as { constant: () => number }).constant()).toBe(value);
    }),
    { numRuns: 50 },
  );
});

test('the example of the documentation doubles four numbers', () => {
  const double = kernel('double', { x: 'i32' }, ({ x }) => ({
    statements: [v128.store(x, f32x4.add(v128.load(x), v128.load(x)))],
  }));
  const memory = new Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  new Float32Array(memory.buffer, 64).set([1, 2, 3, 4]);
  const { exports } = new Instance(new Module(moduleOf([double])), { loci: { memory } });
  (exports as { double: (x: number) => void }).double(64);
  expect([...new Float32Array(memory.buffer, 64, 5)]).toEqual([2, 4, 6, 8, 0]);
});
