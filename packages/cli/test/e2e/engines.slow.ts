/** A run that changes engines on its way, as a person does it: one flag, and nothing but speed changes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import { QUICK, loggedFigure, makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

const COMMON = ['--set', 'evaluate.questions=0', '--set', 'schedule=constant', ...QUICK];
const TRAIN = ['train', '--config', 'tiny.yaml', ...COMMON];
const TFJS = ['--set', 'policy.use=tfjs', '--set', 'policy.engine=wasm'];

describe('changing engines', () => {
  let workplace: string;
  beforeAll(async () => {
    workplace = await makeWorkplace();
  });

  test('five steps on ONNX Runtime, five on TensorFlow.js with Ctrl-C among them, five back, as the run that stayed', async () => {
    // A loss that says something: on the policy's own draws the advantages alone cancel out, and hardly move in 15 small steps.
    const apart = ['--set', 'objective.klWeight=1', '--set', 'optimizer.learningRate=2e-3'];
    const steps = (count: number) => ['--set', `steps=${count}`, ...apart];
    const stayed = await runCommand(workplace, [...TRAIN, '--run', 'stayed', ...steps(15)]);
    expect(stayed).toMatchObject({ code: 0, stderr: '' });
    const resume = ['train', '--resume', 'moved'];
    const legs = [
      { engine: 'onnx', words: [...TRAIN, '--run', 'moved', ...steps(5)] },
      { engine: 'tfjs', words: [...resume, ...steps(10), ...TFJS], stopAfter: 6 },
      { engine: 'tfjs', words: resume },
      { engine: 'onnx', words: [...resume, ...steps(15), '--set', 'policy.use=onnx'] },
    ];
    for (const { engine, words, stopAfter } of legs) {
      const leg = startCommand(workplace, words);
      if (stopAfter !== undefined) {
        await leg.sees(new RegExp(`^step ${stopAfter}/`, 'm'));
        leg.process.kill('SIGINT');
      }
      const ended = await leg.ended;
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout.includes('stopped after step')).toBe(stopAfter !== undefined);
      const config = readFileSync(join(workplace, 'moved/config.yaml'), 'utf8');
      expect(config).toContain(`use: ${engine}`);
    }
    for (const [metric, least] of [
      ['loss/total', 1e-3],
      ['policy/entropy', 1],
    ] as const) {
      const expected = loggedFigure(join(workplace, 'stayed'), metric);
      const found = loggedFigure(join(workplace, 'moved'), metric);
      expect([...found.keys()]).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
      expect(Math.max(...expected.values())).toBeGreaterThan(least);
      for (const [step, figure] of found) {
        expect(Math.abs(figure - expected.get(step)!)).toBeLessThan(1e-4);
      }
    }
  });

  test('an unavailable engine ends the command with a remedy', async () => {
    const words = [...TRAIN, '--run', 'none', '--set', 'policy.use=tfjs'];
    const ended = await runCommand(workplace, [...words, '--set', 'policy.engine=webgpu']);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toMatch(/engine-unavailable: .* Fix: /);
  });
});
