import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  packageVersions,
  readPeerReport,
  runPeer,
  scriptsFolder,
} from '../../../src/bench/peers/python.ts';
import type { Peer } from '../../../src/bench/peers/peers.ts';

const PEER: Peer = { name: 'peer', script: 'peer_torch.py', needs: [], words: ['--threads', '3'] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loci-peers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the last line of a peer is its report', () => {
  const said = 'compiling\n{"peer":"torch","step_s":0.2,"generation_s":0.1,"reference_s":0.02}\n';
  expect(readPeerReport(said)).toEqual({
    times: { step: 0.2, generation: 0.1, reference: 0.02 },
    description: 'torch',
  });
  const loop = '{"step_s":3,"generation_s":1,"policy_forward_s":0.5,"backward_update_s":1}';
  expect(readPeerReport(loop)).toMatchObject({ times: { training: 1.5 } });
});

test('a line that is no report is told, and never taken for one', () => {
  const failure = expect.stringContaining('its last line has no step_s');
  for (const said of ['', 'Killed', '{"step_s":NaN}', '{"step_s":1}', '7', 'null']) {
    expect(readPeerReport(said)).toEqual({ failure });
  }
});

test('a peer is run with the threads that it is told to take', async () => {
  const script = `console.log(JSON.stringify({ peer: process.argv.slice(2).join(' '), step_s: Number(process.env.OMP_NUM_THREADS), generation_s: 1 }))`;
  writeFileSync(join(folder, 'peer_torch.py'), script);
  expect(await runPeer(process.execPath, folder, PEER)).toEqual({
    times: { step: 3, generation: 1 },
    description: '--threads 3',
  });
});

test('a peer that fails says why', async () => {
  writeFileSync(join(folder, 'peer_trl.py'), `console.error('no compiler'); process.exit(3)`);
  const outcome = await runPeer(process.execPath, folder, { ...PEER, script: 'peer_trl.py' });
  expect(outcome).toEqual({ failure: 'no compiler' });
});

test('scripts and a Python that are not there are errors that name the remedy', async () => {
  expect(scriptsFolder(folder)).toBe(folder);
  expect(scriptsFolder(undefined)).toMatch(/packages.backends.bench-peers$/);
  expect(() => scriptsFolder(join(folder, 'none'))).toThrow(
    /peer_torch\.py.*--peer-scripts FOLDER/,
  );
  await expect(packageVersions(join(folder, 'python'), ['torch'])).rejects.toMatchObject({
    code: 'python-unavailable',
  });
});
