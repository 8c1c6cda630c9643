/** Whole trainings as a person runs them, from command to run folder. */
import { readFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import type { Ended } from './command.ts';
import { loggedFigure, makeWorkplace } from './workplace.ts';

const TRAIN = ['train', '--config', 'tiny.yaml'];
/** No evaluation: what the tests of resuming need. */
const BARE = ['--set', 'evaluate.questions=0'];

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

  test('the same after kill -9 in the middle of a step', async () => {
    const run = startCommand(workplace, [...TRAIN, '--run', 'killed', ...BARE]);
    await run.sees(/^step 2\/3/m);
    run.process.kill('SIGKILL');
    expect((await run.ended).signal).toBe('SIGKILL');
    const resumed = await runCommand(workplace, ['train', '--resume', 'killed']);
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stdout).toMatch(/going on after step [12]$/m);
    expect(loggedFigure(join(workplace, 'killed'), 'loss/total')).toEqual(
      loggedFigure(join(workplace, 'whole'), 'loss/total'),
    );
  });

  test('a folder that holds a run is not written over', async () => {
    const refused = await runCommand(workplace, [...TRAIN, '--run', 'whole']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error run-directory-exists: .*whole/);
    expect(refused.stderr).not.toMatch(/\n\s+at /);
  });

  test('broken videos are named and counted and end nothing; frames are kept on disk', async () => {
    const rooms = join(workplace, 'rooms');
    const videos = readdirSync(rooms, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.mp4') && !name.includes('test'),
    );
    for (const video of videos.slice(0, 2)) truncateSync(join(rooms, video), 400);
    const kept = ['--set', 'policy.frameCache.folder=frames'];
    const ended = await runCommand(workplace, [...TRAIN, '--run', 'broken', ...BARE, ...kept]);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(
      /warning: Sample \S+ is left out of training: .*\.mp4 cannot be read: it/,
    );
    const refused = [...loggedFigure(join(workplace, 'broken'), 'prompts/refused').values()];
    expect(refused).toHaveLength(3);
    expect(refused.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    expect(readdirSync(join(workplace, 'frames')).length).toBeGreaterThan(0);
  });
});
