/** Trains by ms-swift in a process of this machine, as a person would, with a stand-in for the program `swift`. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { PREFLIGHT_STAND_IN, SWIFT_STAND_IN } from '@loci/cluster/testing';
import { SMALL_RUN, jsonLines } from './cluster-place.ts';
import { runCommand, startCommand } from './command.ts';

jest.setTimeout(180_000);

const before = process.env['PATH'];
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'loci-swift-')));

beforeAll(() => {
  const programs = join(directory, 'bin');
  mkdirSync(programs);
  const program = (name: string, script: string): void => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
  };
  const node = process.execPath;
  program('swift', `exec ${node} ${SWIFT_STAND_IN} "$@"`);
  // The preflight and the shim, which Python runs where there is one.
  program('python3', `exec ${node} ${PREFLIGHT_STAND_IN}`);
  process.env['PATH'] = `${programs}:${before}`;
  process.env['STAND_IN_NODES'] = JSON.stringify([
    { address: 'here', gpus: 4, versions: { 'ms-swift': '4.3.0', vllm: '0.18.1' } },
  ]);
  writeFileSync(
    join(directory, 'swift.yaml'),
    `${SMALL_RUN}trainer: { use: ms-swift, storage: ${join(directory, 'storage')}, gpusPerNode: 4 }
`,
  );
});

afterAll(() => {
  process.env['PATH'] = before;
});

const train = (run: string): readonly string[] => ['train', '--config', 'swift.yaml', '--run', run];

const stepsOf = (run: string): readonly unknown[] =>
  jsonLines(join(directory, run, 'metrics.jsonl')).map(({ step }) => step);

test('trains to a model, and fills the run folder', async () => {
  const { stdout, stderr } = await runCommand(directory, train('run'));
  expect(stderr).toBe('');
  expect(stepsOf('run')).toEqual([1, 2, 3, 4]);
  expect(jsonLines(join(directory, 'run/rollouts.jsonl'))).toHaveLength(16);
  const [, model] = /^model {3}(\S+)$/mu.exec(stdout) ?? [];
  expect(readdirSync(model!)).toContain('model.safetensors');
});

test('that fails goes on from its checkpoint, and that is left goes on by itself', async () => {
  process.env['STAND_IN_FAIL_AT'] = '4';
  const failed = await runCommand(directory, train('failed'));
  expect(failed.stderr).toMatch(
    /^error job-failed: .*the stand-in fails at step 4.*checkpoint of step 2/su,
  );
  process.env['STAND_IN_STEP_MS'] = '1500';
  const again = startCommand(directory, ['train', '--resume', 'failed']);
  await again.sees(/^step 3\/4/mu);
  again.process.kill('SIGHUP');
  expect((await again.ended).stdout).toMatch(/^left running after step 3/mu);
  expect((await runCommand(directory, ['train', '--resume', 'failed'])).stderr).toBe('');
  expect(stepsOf('failed')).toEqual([1, 2, 3, 4]);
  expect(jsonLines(join(directory, 'failed/rollouts.jsonl'))).toHaveLength(16);
});
