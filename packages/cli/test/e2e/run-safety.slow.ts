/** What trainings survive, as a person meets it: a second writer, signals, a closed pipe, a moved folder, a start that fails. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import { QUICK, loggedFigure, makeWorkplace } from './workplace.ts';

const BARE = ['--set', 'evaluate.questions=0', ...QUICK];
const TRAIN = ['train', '--config', 'tiny.yaml', ...BARE];

jest.setTimeout(180_000);

const files = (run: string): readonly string[] =>
  readdirSync(run, { recursive: true, encoding: 'utf8' });

const leftovers = (run: string): readonly string[] =>
  files(run).filter((name) => /\.tmp$|\.old$|\.writer-/.test(name));

describe('a run folder', () => {
  let workplace: string;

  beforeAll(async () => {
    workplace = await makeWorkplace();
    expect((await runCommand(workplace, [...TRAIN, '--run', 'whole'])).code).toBe(0);
  });

  test('two that resume at once: one continues, the other fails and names the writer', async () => {
    const begun = startCommand(workplace, [...TRAIN, '--run', 'twice']);
    await begun.sees(/^checkpoint of step 1/m);
    begun.process.kill('SIGKILL');
    await begun.ended;
    const two = [1, 2].map(() => startCommand(workplace, ['train', '--resume', 'twice']));
    const ended = await Promise.all(two.map((one) => one.ended));
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 1]);
    const winner = two[ended.findIndex(({ code }) => code === 0)]!;
    expect(ended.find(({ code }) => code === 1)!.stderr).toMatch(
      new RegExp(
        `^error folder-in-use: .*twice is being written by process ${winner.process.pid} on ${hostname()}, since `,
      ),
    );
    expect(loggedFigure(join(workplace, 'twice'), 'loss/total')).toEqual(
      loggedFigure(join(workplace, 'whole'), 'loss/total'),
    );
    expect(readFileSync(join(workplace, 'twice/rollouts.jsonl'), 'utf8')).toBe(
      readFileSync(join(workplace, 'whole/rollouts.jsonl'), 'utf8'),
    );
    expect(leftovers(join(workplace, 'twice'))).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    '%s writes a checkpoint, says so, and the run goes on from there',
    async (signal) => {
      const run = startCommand(workplace, [...TRAIN, '--run', signal]);
      await run.sees(/^step 1\/3/m);
      run.process.kill(signal);
      const ended = await run.ended;
      expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
      expect(ended.stdout).toMatch(/^stopping: writing a checkpoint/m);
      expect(ended.stdout).toMatch(/^checkpoint of step [12]: /m);
      expect(leftovers(join(workplace, signal))).toEqual([]);
    },
  );

  test('a closed pipe does the same, and standard error reports it', async () => {
    const environment: NodeJS.ProcessEnv = { ...process.env, INIT_CWD: workplace };
    delete environment['NODE_OPTIONS'];
    const main = join(import.meta.dirname, '../../dist/main.js');
    const child = spawn(
      'bash',
      [
        '-c',
        `"$0" "$@" | head -n 3; exit \${PIPESTATUS[0]}`,
        process.execPath,
        main,
        ...TRAIN,
        '--run',
        'piped',
      ],
      { cwd: workplace, env: environment },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^stopping, as nobody reads the output any more: writing a checkpoint/);
    expect(stderr).toMatch(/^(stopped|finished) after step \d: .*piped$/m);
    const checkpoints = readdirSync(join(workplace, 'piped/checkpoints'));
    expect(checkpoints.length).toBeGreaterThan(0);
    const resumed = await runCommand(workplace, ['train', '--resume', 'piped']);
    expect(resumed.code).toBe(0);
    expect(loggedFigure(join(workplace, 'piped'), 'loss/total')).toEqual(
      loggedFigure(join(workplace, 'whole'), 'loss/total'),
    );
  });

  test('one that vanishes ends the run with an error, and the run continues in the moved folder', async () => {
    const run = startCommand(workplace, [...TRAIN, '--run', 'here']);
    await run.sees(/^step 1\/3/m);
    renameSync(join(workplace, 'here'), join(workplace, 'there'));
    const ended = await run.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^error (folder-lost|not-writable): .*here/);
    expect(existsSync(join(workplace, 'here'))).toBe(false);
    const resumed = await runCommand(workplace, ['train', '--resume', 'there']);
    expect(resumed.code).toBe(0);
    expect(loggedFigure(join(workplace, 'there'), 'loss/total')).toEqual(
      loggedFigure(join(workplace, 'whole'), 'loss/total'),
    );
    expect(leftovers(join(workplace, 'there'))).toEqual([]);
  });

  test('a start that fails leaves none', async () => {
    for (const wrong of [
      'policy.model=./none',
      'dataset.folder=tiny.yaml',
      'rewards=[{use: ./none.ts}]',
    ]) {
      const failed = await runCommand(workplace, [...TRAIN, '--run', 'fails/here', '--set', wrong]);
      expect([wrong, failed.code]).toEqual([wrong, 1]);
    }
    expect(existsSync(join(workplace, 'fails'))).toBe(false);
  });

  test('moved with all that it names, it resumes from any folder and shows its frames', async () => {
    const home = await makeWorkplace();
    // Three steps may be over before the signal comes.
    const begun = startCommand(home, [...TRAIN, '--steps', '12', '--run', 'runs/one']);
    await begun.sees(/^checkpoint of step 1/m);
    begun.process.kill('SIGINT');
    expect((await begun.ended).code).toBe(0);
    const moved = `${home}-moved`;
    renameSync(home, moved);
    const elsewhere = join(moved, 'elsewhere');
    mkdirSync(elsewhere);
    const resumed = await runCommand(elsewhere, ['train', '--resume', '../runs/one']);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    const page = readFileSync(join(moved, 'runs/one/report.html'), 'utf8');
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).not.toContain('cannot be read');
    expect([existsSync(home), readdirSync(elsewhere)]).toEqual([false, []]);
    rmSync(moved, { recursive: true });
  });
});
