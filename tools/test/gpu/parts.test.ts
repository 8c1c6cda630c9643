import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkGpu } from '../../src/gpu/check-gpu.ts';
import { dominantPhase, readBench, readParity } from '../../src/gpu/part.ts';
import type { PartResult } from '../../src/gpu/part.ts';
import { readTraining } from '../../src/gpu/read-training.ts';
import { runCommand } from '../../src/gpu/run-command.ts';
import type { EndedCommand } from '../../src/gpu/run-command.ts';
import { summarize } from '../../src/gpu/summary.ts';
import type { GpuMachine } from '../../src/gpu/targets.ts';

const ended = (change: Partial<EndedCommand>): EndedCommand => ({
  ...{ code: 0, signal: undefined, output: '', seconds: 1, timedOut: false },
  ...change,
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loci-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('reading a part', () => {
  test('parity: the total, the worst gradient, and what failed', () => {
    const output = [
      'ok    grads/a.weight: worst 2.00e-6, tolerance 1.00e-3',
      'ok    grpo/x/grad_norms: worst 3.00e-7, tolerance 1.00e-3',
      'FAIL  case/text: too far',
      'passed 2/3',
    ].join('\n');
    expect(readParity(ended({ code: 1, output }))).toEqual({
      passed: false,
      figures: { passed: 2, total: 3, worstGradientError: 2e-6 },
      reason: 'case/text: too far',
    });
  });

  test('the output of parity without gradients has no worst error of one', () => {
    expect(
      readParity(ended({ output: 'ok    logits: worst 0, tolerance 0\npassed 1/1\n' })),
    ).toEqual({
      passed: true,
      figures: { passed: 1, total: 1 },
    });
  });

  test('a command that ended early, or was too slow, fails with its last line', () => {
    const crashed = ended({ code: undefined, signal: 'SIGSEGV', output: 'ok    one\n' });
    expect(readParity(crashed)).toMatchObject({
      passed: false,
      reason: 'ended by SIGSEGV: ok    one',
    });
    const slow = readBench(ended({ code: undefined, timedOut: true, seconds: 90 }));
    expect(slow).toMatchObject({ passed: false, reason: 'not done after 90 s' });
  });

  test('a step: the phase that dominates', () => {
    const figures = { stepSeconds: 2, generationSeconds: 0.5, gradientSeconds: 1.2 };
    expect(dominantPhase(figures)).toBe('gradient 60 %');
    const line = JSON.stringify({ engine: 'onnx', ...figures });
    const { passed, figures: read } = readBench(ended({ output: `WebGPU: x\n${line}\n` }));
    expect(passed).toBe(true);
    expect(read['dominates']).toBe('gradient 60 %');
  });

  test('a training run: reward before and after, phases after the first step', () => {
    const run = join(folder, 'run');
    mkdirSync(join(run, 'evaluations'), { recursive: true });
    const report = (mean: number) =>
      JSON.stringify({
        overall: { accuracy: { mean }, measures: { reward: { mean: 2 * mean } } },
        ...{ seed: 1, kinds: {}, refused: [], controls: {} },
        rows: [{ item: { id: 'q', task: 't' }, verdict: { score: mean, counted: true } }],
        constant: { accuracy: 0, kinds: {} },
      });
    writeFileSync(join(run, 'evaluations/before.json'), report(0.5));
    writeFileSync(join(run, 'evaluations/after.json'), report(0.75));
    const steps = [
      { step: 0, 'evaluation/accuracy': 0.5 },
      { step: 1, 'seconds/sample': 90, 'seconds/step': 100 },
      { step: 2, 'seconds/sample': 3, 'seconds/update': 1, 'seconds/step': 4 },
    ];
    writeFileSync(join(run, 'metrics.jsonl'), steps.map((step) => JSON.stringify(step)).join('\n'));
    expect(readTraining(ended({}), run).figures).toMatchObject({
      steps: 2,
      beforeReward: 1,
      afterReward: 1.5,
      'seconds/step': 4,
      dominates: 'sample 75 %',
    });
    expect(readTraining(ended({ code: 1, output: 'Error: no model' }), run)).toMatchObject({
      passed: false,
      reason: 'ended with code 1: Error: no model',
    });
  });
});

test('a command is ended at its limit, and what it said is kept', async () => {
  const log = join(folder, 'log');
  const settings = { environment: { WORD: 'hello' }, log, limitSeconds: 1 };
  // A shell is there at once, also on a busy machine.
  const result = await runCommand(['sh', '-c', 'echo "$WORD"; exec sleep 60'], settings);
  expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL', output: 'hello\n' });
});

test('what cannot run is skipped with its reason and stands in the report', async () => {
  const missing = { missing: 'no driver', help: 'get one' };
  const machine: GpuMachine = {
    gpu: missing,
    targets: new Map(
      ['onnx:cuda', 'onnx:webgpu', 'tfjs:node-gpu', 'tfjs:webgpu'].map((name) => [name, missing]),
    ),
  };
  const told: PartResult[] = [];
  const settings = {
    parts: ['parity', 'bench', 'train', 'torch'] as const,
    targets: [...machine.targets.keys()],
    fixture: join(folder, 'nowhere'),
    root: folder,
    out: join(folder, 'out'),
    tiny: true,
    python: join(folder, 'no-python'),
  };
  const results = await checkGpu(settings, machine, (result) => told.push(result));
  expect(told).toEqual(results);
  expect(results.map(({ status }) => status)).toEqual(Array(5).fill('skipped'));
  expect(results[0]).toMatchObject({ target: 'onnx:cuda', reason: 'no driver; get one' });
  expect(results.at(-1)!.reason).toContain('has no torch');
  const page = summarize({
    ...{ date: 'today', node: 'v20', gpu: missing, targets: {}, tiny: true },
    parts: results,
  });
  expect(page).toContain('0 parts passed, 0 failed, 5 could not run');
  expect(page).toContain('- skipped: tfjs:webgpu, every part: no driver; get one');
});
