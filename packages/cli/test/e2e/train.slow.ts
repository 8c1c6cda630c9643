/** Whole trainings that are killed, and that find broken videos. */
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import { QUICK, loggedFigure, makeWorkplace } from './workplace.ts';

const TRAIN = ['train', '--config', 'tiny.yaml'];
const BARE = ['--set', 'evaluate.questions=0', ...QUICK];

jest.setTimeout(180_000);

describe('train', () => {
  let workplace: string;

  beforeAll(async () => {
    workplace = await makeWorkplace();
    const whole = await runCommand(workplace, [...TRAIN, '--run', 'whole', ...BARE]);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
  });

  test('after kill -9 in the middle of a step and --resume every step has the loss of the uninterrupted run', async () => {
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
