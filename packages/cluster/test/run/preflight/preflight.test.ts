/** The preflight as a job: over a head of ours with two nodes, and by Python in a process where there is one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fakeLogger } from '@loci/core/testing';
import type { ClusterJob } from '../../../src/job.ts';
import { JobPreflight } from '../../../src/run/preflight/preflight.ts';
import { rayAddress } from '../../../src/ray/address.ts';
import { RayJobs } from '../../../src/ray/ray-jobs.ts';
import { RecordKeeper, newRecord } from '../../../src/run/cluster-record.ts';
import type { JobHost } from '../../../src/run/job-host.ts';
import { ProcessHost } from '../../../src/run/process-host.ts';
import { RayHost } from '../../../src/run/ray-host.ts';
import { Wishes } from '../../../src/run/wish.ts';
import { headWith } from '../../ray/open-heads.ts';

const STAND_IN = join(import.meta.dirname, '../../../src/testing/stand-in/preflight.mjs');
const logger = fakeLogger();
interface Place {
  readonly folder: string;
  readonly storage: string;
  readonly keeper: RecordKeeper;
}

function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'loci-preflight-'));
  const storage = join(folder, 'storage');
  mkdirSync(join(folder, 'model'));
  const tokens = [
    { content: '<think>', special: false },
    { content: '<box>', special: true },
  ];
  writeFileSync(join(folder, 'model', 'tokenizer.json'), JSON.stringify({ added_tokens: tokens }));
  // The real one takes seconds to be imported, where there is one.
  mkdirSync(join(folder, 'python'));
  writeFileSync(join(folder, 'python', 'transformers.py'), 'raise ImportError("none here")\n');
  writeFileSync(join(folder, 'a.mp4'), 'a video of sixteen bytes and more');
  return {
    folder,
    storage,
    keeper: new RecordKeeper(folder, newRecord('run', 'verl', 'v0.9.0'), () => undefined),
  };
}

async function rayHost(nodes: readonly object[]): Promise<JobHost> {
  const list = JSON.stringify(nodes).replaceAll("'", '');
  const command = (entrypoint: string): string =>
    entrypoint.replace(
      'python3 preflight.py',
      `STAND_IN_NODES='${list}' ${process.execPath} ${STAND_IN}`,
    );
  const head = await headWith({ command });
  const jobs = new RayJobs({ address: rayAddress(head.url), tokenFile: undefined });
  return new RayHost({ jobs, owner: 'run-a', folder: 'run', patienceMs: 2000, logger });
}

function check(
  { folder, storage, keeper }: Place,
  host: JobHost,
  {
    probe = 'true',
    tags = ['<think>'],
    sees = true,
  }: { probe?: string; tags?: readonly string[]; sees?: boolean } = {},
): Promise<void> {
  const job: ClusterJob = {
    ...{
      engine: 'verl',
      engineVersion: 'v0.9.0',
      entrypoint: 'true',
      settings: [],
      departures: [],
    },
    environment: { PYTHONPATH: join(folder, 'python') },
    files: new Map([['config.json', Buffer.from('{}')]]),
    outputs: { checkpoints: join(storage, 'checkpoints') },
    rows: {
      ...{ train: 'rows', trainCount: 1, validationCount: 0, longestPrompt: 1, leftOut: [] },
      probe: { paths: [join(folder, 'a.mp4')] },
    },
    totalSteps: 1,
  };
  const preflight = new JobPreflight({
    ...{ host, keeper, logger, pollMs: 20, tags },
    storage: { nodes: storage, here: sees ? storage : undefined },
    needsOf: () => ({
      ...{ engine: 'verl v0.9.0', nodes: 1, gpusPerNode: 0, storage, model: join(folder, 'model') },
      ...{ packages: {}, rewardsUrl: 'http://127.0.0.1:1', probe },
    }),
  });
  return preflight.check(job, new Wishes());
}

describe('on two nodes', () => {
  const two = [
    { address: '10.0.0.2', gpus: 8, versions: {} },
    { address: '10.0.0.3', gpus: 8, versions: {} },
  ];

  test('passes, and leaves nothing on the storage', async () => {
    const at = place();
    await check(at, await rayHost(two));
    expect(readdirSync(at.storage)).toEqual([]);
    expect(at.keeper.record.preflights).toBe(1);
  });

  test('finds the node that does not see the storage', async () => {
    const host = await rayHost([two[0]!, { ...two[1], blind: true }]);
    await expect(check(place(), host)).rejects.toMatchObject({
      code: 'preflight-failed',
      message: expect.stringMatching(
        /was not sent:\n- node 10\.0\.0\.3.*does not see the storage/su,
      ),
    });
  });

  test('gathers every failure, and a second try is a job of its own', async () => {
    const at = place();
    const host = await rayHost(two);
    const failing = check(at, host, {
      probe: 'echo refused >&2; exit 1',
      tags: ['<think>', '<box>'],
    });
    await expect(failing).rejects.toMatchObject({
      message: expect.stringMatching(/refused.*<box> as special/su),
    });
    await check(at, host);
    expect(at.keeper.record.preflights).toBe(2);
  });
});

const python = spawnSync('python3', ['--version']).status === 0;

(python ? describe : describe.skip)('by Python in a process of this machine', () => {
  test('passes', async () => {
    const at = place();
    await check(at, new ProcessHost(join(at.folder, 'jobs')), { probe: 'test -f config.json' });
    expect(logger.lines.join('\n')).toContain('preflight: every node had one sample scored');
  });

  test('writes the marker itself where Loci does not see the storage, and finds what fails', async () => {
    const at = place();
    const host = new ProcessHost(join(at.folder, 'jobs'));
    await check(at, host, { sees: false });
    await expect(
      check(at, host, { sees: false, probe: 'echo no way >&2; exit 1', tags: ['<box>'] }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/no way.*<box>/su) });
  });
});
