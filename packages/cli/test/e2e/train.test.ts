/** Whole trainings as a person runs them, from command to run folder. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import type { Ended } from './command.ts';
import { QUICK, loggedFigure, makeWorkplace } from './workplace.ts';

const TRAIN = ['train', '--config', 'tiny.yaml'];
/** No evaluation, and a quick reward: what the tests of resuming need. */
const BARE = ['--set', 'evaluate.questions=0', ...QUICK];

jest.setTimeout(180_000);

describe('train', () => {
  let workplace: string;
  let whole: Ended;

  beforeAll(async () => {
    workplace = await makeWorkplace();
    whole = await runCommand(workplace, [...TRAIN, '--run', 'whole']);
  });

  test('ends well, with one plain line a step and the table of before and after', () => {
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    const steps = whole.stdout.split('\n').filter((line) => line.startsWith('step '));
    expect(steps).toHaveLength(3);
    expect(steps[2]).toMatch(
      /^step 3\/3 {2}reward \S+ \(variety \S+\) .*kl .*length .*tokens\/s .*left 0 s$/,
    );
    expect(whole.stdout).toMatch(
      /before +after +change \[95 % interval\] +constant +blank video +swapped video/,
    );
    expect(whole.stdout).toContain(join(workplace, 'whole', 'report.html'));
    expect(whole.stdout).not.toContain('\u001b');
  });

  test('the run folder is complete', () => {
    const run = join(workplace, 'whole');
    expect(readdirSync(run)).toEqual(
      expect.arrayContaining([
        'config.yaml',
        'metrics.jsonl',
        'rollouts.jsonl',
        'evaluations',
        'checkpoints',
        'report.html',
        'reward.svg',
      ]),
    );
    const config = readFileSync(join(run, 'config.yaml'), 'utf8');
    expect(config).toMatch(/temperature: 1$/m);
    const checkpoint = readdirSync(join(run, 'checkpoints', 'step-000003'));
    expect(checkpoint).toEqual(
      expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']),
    );
    const rollouts = readFileSync(join(run, 'rollouts.jsonl'), 'utf8').trimEnd().split('\n');
    expect(rollouts).toHaveLength(3 * 2 * 4);
    expect(JSON.parse(rollouts[0]!)).toMatchObject({
      step: 1,
      outcomes: { variety: { status: 'scored', reason: 'counted' } },
    });
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('data:image/jpeg;base64,');
  });

  test('after Ctrl-C and --resume every step has the loss of the uninterrupted run', async () => {
    const run = startCommand(workplace, [...TRAIN, '--run', 'stopped', ...BARE]);
    await run.sees(/^step 1\/3/m);
    run.process.kill('SIGINT');
    const stopped = await run.ended;
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    expect(stopped.stdout).toMatch(/--resume .*stopped/);
    const stoppedSteps = loggedFigure(join(workplace, 'stopped'), 'loss/total').size;
    expect(stoppedSteps).toBeLessThan(3);
    const resumed = await runCommand(workplace, ['train', '--resume', 'stopped']);
    expect(resumed.code).toBe(0);
    expect(loggedFigure(join(workplace, 'stopped'), 'loss/total')).toEqual(
      loggedFigure(join(workplace, 'whole'), 'loss/total'),
    );
  });

  test('a folder that holds a run is not written over', async () => {
    const refused = await runCommand(workplace, [...TRAIN, '--run', 'whole']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error run-directory-exists: .*whole/);
    expect(refused.stderr).not.toMatch(/\n\s+at /);
  });
});
