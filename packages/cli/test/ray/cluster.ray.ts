/**
 * All that a run on a cluster does, on a real Ray of two nodes: preflight by its Python, the shim by its Python, and a stand-in for the
 * engine behind the engine's own command. `npx nx run cli:ray`; skipped with the reason where there is no Ray.
 */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SMALL_RUN, evaluateLeft, jsonLines, trainWords } from '../e2e/cluster-place.ts';
import { runCommand, startCommand } from '../e2e/command.ts';
import { startRay } from './real-ray.ts';
import type { RealRay } from './real-ray.ts';

jest.setTimeout(600_000);

const started = await startRay();
const ray = 'missing' in started ? undefined : started;
if ('missing' in started) process.stderr.write(`skipped: ${started.missing}\n`);

const onRay = ray === undefined ? describe.skip : describe;

afterAll(() => ray?.stop());

/** A folder to train from, with storage that both nodes see. */
function workplace({ url }: RealRay, trainer = ''): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'loci-real-ray-')));
  const storage = join(directory, 'storage');
  mkdirSync(storage);
  writeFileSync(
    join(directory, 'cluster.yaml'),
    `${SMALL_RUN}trainer: { use: verl, address: ${url}, storage: ${storage}, nodes: 1, gpusPerNode: 4, pollMs: 500${trainer} }
`,
  );
  return directory;
}

onRay('on a real Ray', () => {
  let directory = '';
  beforeAll(() => {
    directory = workplace(ray!);
  });

  const stepsOf = (run: string): readonly unknown[] =>
    jsonLines(join(directory, run, 'metrics.jsonl')).map(({ step }) => step);
  const jobsOf = async (): Promise<string> =>
    (await runCommand(directory, ['jobs', '--address', ray!.url])).stdout;

  test('a run trains to an evaluated model, with rewards by the shim itself', async () => {
    const { code, stdout, stderr } = await runCommand(directory, trainWords('whole'));
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
    expect(stdout).toMatch(/^preflight: 2 nodes answered$/mu);
    expect(stdout).toMatch(/^preflight: the first row opens on every node/mu);
    expect(stdout).toMatch(/^preflight: every node had one sample scored$/mu);
    expect(stepsOf('whole')).toEqual([1, 2, 3, 4]);
    expect(jsonLines(join(directory, 'whole/rollouts.jsonl'))).toHaveLength(16);
    const asked = await evaluateLeft(directory, stdout);
    expect(asked.code).toBe(0);
    expect(readdirSync(asked.model)).toContain('model.safetensors');
  });

  test('a run that is killed goes on with its one job', async () => {
    const first = startCommand(directory, trainWords('killed', 'steps=20'));
    await first.sees(/^step 1\/20/mu);
    first.process.kill('SIGKILL');
    await first.ended;
    const { code, stdout } = await runCommand(directory, ['train', '--resume', 'killed']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^found the job loci-/mu);
    expect(stepsOf('killed')).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect((await jobsOf()).match(/train +killed/gu)).toHaveLength(1);
  });

  test('a closed terminal leaves it running, and jobs stops it; it goes on from its checkpoint', async () => {
    const run = startCommand(directory, trainWords('left', 'steps=60'));
    await run.sees(/^step 3\/60/mu);
    run.process.kill('SIGHUP');
    expect(await run.ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('left running after step'),
    });
    const listed = await runCommand(directory, ['jobs', 'left']);
    expect(listed.stdout).toContain('running');
    const stopped = await runCommand(directory, ['jobs', '--stop', 'left']);
    expect(stopped.stdout).toMatch(/: stopped$/mu);
    const again = await runCommand(directory, ['train', '--resume', 'left', '--set', 'steps=8']);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^finished after step \d+/mu);
    const log = readFileSync(join(directory, 'left/job-2.log'), 'utf8');
    expect(log).toMatch(/Resuming from|train dataset size/u);
  });

  test('a preflight names what is missing, and no job is sent', async () => {
    const few = workplace(ray!, ', storage: /nowhere/at/all');
    const text = readFileSync(join(few, 'cluster.yaml'), 'utf8').replace(
      /storage: \S+storage,/u,
      '',
    );
    writeFileSync(
      join(few, 'cluster.yaml'),
      text.replace('nodes: 1, gpusPerNode: 4', 'nodes: 2, gpusPerNode: 2, storageHere: ./storage'),
    );
    const { code, stderr } = await runCommand(few, trainWords('run'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/preflight-failed/u);
    expect(stderr).toMatch(/2 nodes with 2 GPUs each/u);
    expect(stderr).toMatch(/not see the storage \/nowhere\/at\/all/u);
    expect(await jobsOf()).not.toMatch(/train +run\b/u);
  });

  test('the list of jobs bears no secret', () => {
    const { stdout } = spawnSync('curl', ['-s', `${ray!.url}/api/jobs/`], { encoding: 'utf8' });
    expect(stdout).toContain('loci_run');
    expect(stdout).not.toMatch(/bearer|authorization/iu);
  });
});
