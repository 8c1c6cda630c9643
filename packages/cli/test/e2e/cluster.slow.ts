/** What a run on a cluster survives, as a person meets it, over a head of ours: tokens, failures, ends of all kinds, and being killed. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { FakeRayOptions } from '@loci/cluster/testing';
import { TWO_NODES, clusterPlace, jsonLines, letGo, trainWords } from './cluster-place.ts';
import type { ClusterFaults, ClusterPlace } from './cluster-place.ts';
import { runCommand, startCommand } from './command.ts';

jest.setTimeout(180_000);

const places: ClusterPlace[] = [];

afterEach(async () => {
  for (const { head } of places.splice(0)) await head.dispose();
});

async function placeWith(
  faults: ClusterFaults = {},
  options: FakeRayOptions = {},
): Promise<ClusterPlace> {
  const place = await clusterPlace(faults, options);
  places.push(place);
  return place;
}

const TRAIN = trainWords('run');
const RESUME = ['train', '--resume', 'run'];

const stepsOf = ({ directory }: ClusterPlace): readonly unknown[] =>
  jsonLines(join(directory, 'run/metrics.jsonl')).map(({ step }) => step);
const rolloutsOf = ({ directory }: ClusterPlace): readonly unknown[] =>
  jsonLines(join(directory, 'run/rollouts.jsonl')).map(({ step }) => step);
const fourOf = (steps: readonly number[]): readonly number[] =>
  steps.flatMap((step) => Array<number>(4).fill(step));

describe('a job', () => {
  test('that fails says why, and --resume goes on from its checkpoint', async () => {
    const place = await placeWith({ failAt: 4 });
    const failed = await runCommand(place.directory, TRAIN);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /^error job-failed: .*exit code 1.*the stand-in fails at step 4.*continues from the checkpoint of step 2/su,
    );
    const again = await runCommand(place.directory, RESUME);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(stepsOf(place)).toEqual([1, 2, 3, 4]);
    expect(rolloutsOf(place)).toEqual(fourOf([1, 2, 3, 4]));
    expect(place.trainings()).toBe(2);
  });

  test('that dies with its machine does so too', async () => {
    const place = await placeWith({ dieAt: 3 });
    expect((await runCommand(place.directory, TRAIN)).stderr).toMatch(/^error job-failed: /u);
    expect(await runCommand(place.directory, RESUME)).toMatchObject({ code: 0, stderr: '' });
    expect(stepsOf(place)).toEqual([1, 2, 3, 4]);
  });

  test('leaves shards, which are merged by a job where no whole weights were asked for', async () => {
    const place = await placeWith({ config: '  fullWeights: false' });
    const { stdout, stderr } = await runCommand(place.directory, TRAIN);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^merging the checkpoint of step 4 into /mu);
    const [, model] = /^model {3}(\S+)$/mu.exec(stdout) ?? [];
    expect(readdirSync(model!)).toContain('model.safetensors');
  });

  test('whose storage this machine does not see tells by its log, and the model is named', async () => {
    // The nodes see the same files here, since rows that this machine writes for them must be copied otherwise.
    const place = await placeWith({ config: '  storageHere: false' });
    const first = await runCommand(place.directory, TRAIN);
    expect(first.stderr + first.stdout).toMatch(/cop(?:y|ied)/u);
  });
});

describe('a person', () => {
  test.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)(
    '%s without a terminal leaves the job running, and --resume picks it up',
    async (signal) => {
      const place = await placeWith({ holdAt: 3 });
      const run = startCommand(place.directory, TRAIN);
      await run.sees(/^step 1\/4/mu);
      run.process.kill(signal);
      const left = await run.ended;
      expect(left).toMatchObject({ code: 0, stderr: '' });
      expect(left.stdout).toMatch(
        /^left running after step \d.*^stop {4}\S.* jobs --stop .*run$/msu,
      );
      expect((await runCommand(place.directory, ['jobs'])).code).toBe(1); // There is no folder "runs" here.
      expect((await runCommand(place.directory, ['jobs', 'run'])).stdout).toMatch(
        / running +\d\/4 /u,
      );
      letGo(place);
      expect(await runCommand(place.directory, RESUME)).toMatchObject({ code: 0, stderr: '' });
      expect(stepsOf(place)).toEqual([1, 2, 3, 4]);
      expect(rolloutsOf(place)).toEqual(fourOf([1, 2, 3, 4]));
      expect(place.trainings()).toBe(1);
    },
  );

  test('stops a job by cli:jobs, and reads its log', async () => {
    const place = await placeWith({ holdAt: 4 });
    const run = startCommand(place.directory, TRAIN);
    await run.sees(/^step 2\/4/mu);
    expect((await runCommand(place.directory, ['jobs', '--stop', 'run'])).stdout).toMatch(
      /: stopped$/mu,
    );
    letGo(place);
    const ended = await run.ended;
    expect(ended.stdout).toMatch(/^stopped after step \d/mu);
    const log = await runCommand(place.directory, ['jobs', '--tail', 'run']);
    expect(log.stdout).toContain('step:2 - critic/score/mean:');
    const { url } = place.head;
    expect((await runCommand(place.directory, ['jobs', '--address', url])).stdout).toMatch(
      /stopped +train +run/u,
    );
    expect(await runCommand(place.directory, RESUME)).toMatchObject({ code: 0, stderr: '' });
    expect(stepsOf(place)).toEqual([1, 2, 3, 4]);
  });
});

describe('kill -9', () => {
  test.each([
    /^Ray 2/mu,
    /^the reward server listens/mu,
    /^checking Ray/mu,
    /^preflight: /mu,
    /^the job loci-/mu,
    /^step 1\/4/mu,
    /^step 4\/4/mu,
  ])('at %s makes no second job, and the run is whole in the end', async (moment) => {
    const place = await placeWith({ stepMs: 100 });
    const run = startCommand(place.directory, TRAIN);
    await run.sees(moment);
    run.process.kill('SIGKILL');
    await run.ended;
    // A run that was killed before it stored its config has nothing to resume, and starts again in its folder.
    const hasBegun = existsSync(join(place.directory, 'run/config.yaml'));
    const words = hasBegun ? RESUME : TRAIN;
    expect(await runCommand(place.directory, words)).toMatchObject({ code: 0, stderr: '' });
    expect(stepsOf(place)).toEqual([1, 2, 3, 4]);
    expect(rolloutsOf(place)).toEqual(fourOf([1, 2, 3, 4]));
    expect(place.trainings()).toBe(1);
  });
});

describe('a head', () => {
  test('with a token takes it from a file, and no file, log or request shows it', async () => {
    const token = 'a-token-of-a-test';
    const place = await placeWith({ config: '  tokenFile: ./secret/token' }, { token });
    mkdirSync(join(place.directory, 'secret'));
    writeFileSync(join(place.directory, 'secret/token'), `${token}\n`);
    const ended = await runCommand(place.directory, TRAIN);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).not.toContain(token);
    const files = readdirSync(join(place.directory, 'run'), {
      recursive: true,
      withFileTypes: true,
    });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain(token);
    }
    for (const job of place.head.jobs) expect(JSON.stringify(job.describe())).not.toContain(token);
  });

  test('that wants a token says so, and nothing is left behind', async () => {
    const place = await placeWith({}, { token: 'a' });
    const { code, stderr } = await runCommand(place.directory, TRAIN);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error ray-unauthorized: .*status 401.*trainer\.tokenFile/u);
    expect(readdirSync(place.directory).sort()).toEqual(['cluster.yaml', 'storage']);
  });

  test('on another host without a token is refused with the reason', async () => {
    const place = await placeWith();
    const far = ['--set', 'trainer.address=http://head.example:8265'];
    const { stderr } = await runCommand(place.directory, [...TRAIN, ...far]);
    expect(stderr).toMatch(
      /^error ray-unauthenticated: .*runs any program on the cluster.*allowOpenDashboard/u,
    );
  });

  test('that is lost and comes back goes on from the checkpoint', async () => {
    const place = await placeWith({ holdAt: 4 });
    const run = startCommand(place.directory, TRAIN);
    await run.sees(/^step 3\/4/mu);
    await place.head.lose();
    await sleep(300);
    await place.head.start();
    letGo(place);
    expect((await run.ended).stderr).toMatch(/^error job-lost: .*--resume/u);
    expect(await runCommand(place.directory, RESUME)).toMatchObject({ code: 0, stderr: '' });
    expect(stepsOf(place)).toEqual([1, 2, 3, 4]);
    expect(rolloutsOf(place)).toEqual(fourOf([1, 2, 3, 4]));
  });
});

test('a cluster that lacks something is not sent the job', async () => {
  const [first, second] = TWO_NODES;
  const old = { ...second, versions: { ...second!.versions, verl: '0.8.0' }, blind: true };
  const place = await placeWith({ nodes: [first!, old] });
  const { code, stderr } = await runCommand(place.directory, TRAIN);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error preflight-failed: .*verl is 0\.8\.0 on node 10\.0\.0\.3.*does not see the storage/su,
  );
  expect(place.trainings()).toBe(0);
});
