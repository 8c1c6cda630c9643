import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parityEngine } from '../src/parity/parity-engine.ts';
import { differences, relativeError, Report, worstDifference } from '../src/parity/report.ts';
import { runParity } from '../src/parity/run-parity.ts';

const FIXTURE = resolve(import.meta.dirname, '../../../shared/reference/qwen2_5_vl_tiny');

describe('parity with Hugging Face transformers', () => {
  const onFixture = existsSync(FIXTURE) ? test : test.skip;
  if (!existsSync(FIXTURE)) console.info(`no parity folder at ${FIXTURE}: skipped`);

  onFixture.each([
    ['onnx', 'fused', 'auto'],
    ['onnx', 'plain', 'auto'],
    ['tfjs', 'plain', 'wasm'],
  ] as const)('every check passes: %s, %s operations, %s', async (engine, lowering, backend) => {
    const lines: string[] = [];
    const open = parityEngine(engine, { lowering, backend, threads: 2 });
    const result = await runParity(FIXTURE, open, (line) => lines.push(line));
    expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([]);
    expect(result.total).toBeGreaterThan(200);
    expect(lines.at(-1)).toBe(`passed ${result.total}/${result.total}`);
  });
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
