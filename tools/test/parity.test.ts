import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parityEngine } from '../src/parity/parity-engine.ts';
import { differences, relativeError, Report, worstDifference } from '../src/parity/report.ts';
import { runParity } from '../src/parity/run-parity.ts';

const ONNX = ['onnx', 'fused', 'auto'] as const;
const PLAIN = ['onnx', 'plain', 'auto'] as const;
const TFJS = ['tfjs', 'plain', 'wasm'] as const;

describe.each([
  { name: 'qwen2_5_vl_tiny', least: 200, engines: [ONNX, PLAIN, TFJS] },
  // Its graphs consist of the same operations; that they work on plain ones is seen above.
  { name: 'qwen3_vl_tiny', least: 450, engines: [ONNX, TFJS] },
])('parity with Hugging Face transformers: $name', ({ name, least, engines }) => {
  const fixture = resolve(import.meta.dirname, '../../../shared/reference', name);
  const onFixture = existsSync(fixture) ? test : test.skip;
  if (!existsSync(fixture)) console.info(`no parity folder at ${fixture}: skipped`);

  onFixture.each(engines)(
    'every check passes: %s, %s operations, %s',
    async (engine, lowering, backend) => {
      const lines: string[] = [];
      const open = parityEngine(engine, { lowering, backend, threads: 2 });
      const result = await runParity(fixture, open, (line) => lines.push(line));
      expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([]);
      expect(result.total).toBeGreaterThan(least);
      expect(lines.at(-1)).toBe(`passed ${result.total}/${result.total}`);
    },
  );
});

describe('the report', () => {
  test('counts a check that throws or exceeds its tolerance as failed', async () => {
    const lines: string[] = [];
    const report = new Report((line) => lines.push(line));
    report.add('near', 0.5, 1);
    report.add('far', 2, 1);
    report.add('undefined', NaN, 1);
    await report.part('broken', () => {
      throw new Error('no such array');
    });
    report.notCovered('lora');
    expect(report.finish()).toEqual({ passed: 1, total: 4 });
    expect(lines[3]).toBe('FAIL  broken: no such array');
    expect(lines.at(-1)).toBe('passed 1/4');
  });

  test('an array of another length or with NaN is infinitely far away', () => {
    expect(worstDifference([1, 2], [1])).toBe(Infinity);
    expect(worstDifference([1, NaN], [1, 2])).toBe(Infinity);
    expect(worstDifference([1, 4], [1, 2])).toBe(2);
    expect(differences([1, 2, 3], [1, 0, 0])).toBe(2);
  });

  test('a gradient that is nought on both sides agrees, one that is not never does', () => {
    expect(relativeError(0, 0)).toBe(0);
    expect(relativeError(0.1, 2)).toBe(0.05);
    expect(relativeError(0.1, 0)).toBe(Infinity);
    expect(relativeError(NaN, 1)).toBeNaN();
  });

  test('an unknown engine is named with those there are', () => {
    const choice = { lowering: 'plain', backend: 'auto' } as const;
    expect(() => parityEngine('other', choice)).toThrow(
      'there is no engine "other"; known: onnx, tfjs',
    );
  });
});
