import { expect, test } from '@jest/globals';
import { narrowBfloat16, widenBfloat16, widenFloat16 } from '../../src/weights/half-floats.ts';
import { narrowFloat16 } from '../../src/weights/narrow-float16.ts';

const codes = Uint16Array.from({ length: 2 ** 16 }, (_, code) => code);

test.each([
  ['bfloat16', widenBfloat16, narrowBfloat16],
  ['binary16', widenFloat16, narrowFloat16],
])('%s: what was widened narrows to itself', (_, widen, narrow) => {
  const finite = codes.filter((code) => Number.isFinite(widen(Uint16Array.of(code))[0]));
  expect(
    Buffer.compare(Buffer.from(narrow(widen(finite)).buffer), Buffer.from(finite.buffer)),
  ).toBe(0);
});

test.each([
  ['bfloat16', widenBfloat16, narrowBfloat16],
  ['binary16', widenFloat16, narrowFloat16],
])(
  '%s: between two numbers the nearer is taken, in the middle the even one',
  (_, widen, narrow) => {
    for (const code of [0, 1, 2, 0x3ff, 0x400, 0x3c00, 0x3c01, 0x5a77]) {
      const [low, high] = widen(Uint16Array.of(code, code + 1));
      const middle = (low! + high!) / 2;
      const near = [middle - (high! - low!) / 8, middle, middle + (high! - low!) / 8];
      const even = code % 2 === 0 ? code : code + 1;
      expect([...narrow(Float32Array.from(near))]).toEqual([code, even, code + 1]);
    }
  },
);

test('binary16: past its range lies infinity', () => {
  const found = narrowFloat16(Float32Array.of(65504, 65519, 65520, -1e9));
  expect([...found]).toEqual([0x7bff, 0x7bff, 0x7c00, 0xfc00]);
});
