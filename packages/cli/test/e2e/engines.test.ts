/** A run that changes engines on its way, as a person does it: one flag, and nothing but speed changes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import { loggedFigure, makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

const COMMON = ['--set', 'evaluate.questions=0', '--set', 'schedule=constant'];
const TRAIN = ['train', '--config', 'tiny.yaml', ...COMMON];
const TFJS = ['--set', 'policy.use=tfjs', '--set', 'policy.engine=wasm'];

describe('changing engines', () => {
  let workplace: string;
  beforeAll(async () => {
    workplace = await makeWorkplace();
  });

  test('from ONNX Runtime to TensorFlow.js and back, with the losses of the run that stayed', async () => {
    const steps = (count: number) => ['--set', `steps=${count}`];
    const stayed = await runCommand(workplace, [...TRAIN, '--run', 'stayed', ...steps(3)]);
    expect(stayed).toMatchObject({ code: 0, stderr: '' });
    const legs = [
      [...TRAIN, '--run', 'moved', ...steps(1)],
      ['train', '--resume', 'moved', ...steps(2), ...TFJS],
      ['train', '--resume', 'moved', ...steps(3), '--set', 'policy.use=onnx'],
    ];
    for (const [leg, words] of legs.entries()) {
      expect(await runCommand(workplace, words)).toMatchObject({ code: 0, stderr: '' });
      const config = readFileSync(join(workplace, 'moved/config.yaml'), 'utf8');
      expect(config).toContain(leg === 1 ? 'use: tfjs' : 'use: onnx');
    }
    const expected = loggedFigure(join(workplace, 'stayed'), 'loss/total');
    const found = loggedFigure(join(workplace, 'moved'), 'loss/total');
    expect([...found.keys()]).toEqual([1, 2, 3]);
    for (const [step, loss] of found) {
      expect(Math.abs(loss - expected.get(step)!)).toBeLessThan(1e-4);
    }
  });

  test('Ctrl-C stops a run on TensorFlow.js too, and it goes on', async () => {
    const run = startCommand(workplace, [...TRAIN, '--run', 'stopped', ...TFJS]);
    await run.sees(/^step 1\/3/m);
    run.process.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
    const resumed = await runCommand(workplace, ['train', '--resume', 'stopped']);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect([...loggedFigure(join(workplace, 'stopped'), 'loss/total').keys()]).toEqual([1, 2, 3]);
  });

  test('an engine that is not to be had ends the command with what helps', async () => {
    const words = [...TRAIN, '--run', 'none', '--set', 'policy.use=tfjs'];
    const ended = await runCommand(workplace, [...words, '--set', 'policy.engine=webgpu']);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('npm install webgpu');
  });
});
