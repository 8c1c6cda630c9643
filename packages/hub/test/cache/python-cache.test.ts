/** Python's library and Loci on one cache; without that library, the layout is held by `hub.test.ts`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { lockBlob } from '../../src/cache/blob-lock.ts';
import { parseReference } from '../../src/reference.ts';
import { HubServer, TEST_TOKEN } from '../../src/testing/index.ts';
import { hasPythonLibrary, python } from '../support/python.ts';
import { bytes, hubOn, modelFilesOf, newFolder } from '../support/workplace.ts';

let server: HubServer;
let home: string;
const weights = bytes(1_200_000);
const reference = parseReference('hub:o/m', 'model');

beforeAll(async () => {
  server = await HubServer.start();
});
afterAll(() => server.close());
beforeEach(() => {
  home = newFolder();
});
afterEach(() => {
  server.reset();
  server.repositories.clear();
});

const withPython = hasPythonLibrary() ? describe : describe.skip;

withPython('on one cache with huggingface_hub', () => {
  test('Python finds what Loci downloaded, without the hub', async () => {
    const { commit } = server.add('model', 'o/m', modelFilesOf(weights));
    const { path } = await hubOn(server, home).hub.model(reference);
    const found = await python(
      `
import json
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download
folder = snapshot_download("o/m", allow_patterns=["*.json", "*.safetensors"])
file = hf_hub_download("o/m", "model.safetensors")
scan = scan_cache_dir()
repo = next(iter(scan.repos))
print(json.dumps([folder, file, len(scan.warnings), repo.repo_id, repo.size_on_disk, [r.commit_hash for r in repo.revisions]]))`,
      { HF_HOME: home, HF_HUB_OFFLINE: '1' },
    );
    const size = 1_200_000 + readFileSync(join(path, 'config.json')).length + 2;
    expect(found).toEqual([path, join(path, 'model.safetensors'), 0, 'o/m', size, [commit]]);
  });

  test('Python takes up where the hub is asked, and downloads nothing anew', async () => {
    server.add('model', 'o/m', modelFilesOf(weights));
    await hubOn(server, home).hub.model(reference);
    server.reset();
    await python(
      `
import json
from huggingface_hub import hf_hub_download
print(json.dumps(hf_hub_download("o/m", "model.safetensors")))`,
      { HF_HOME: home, HF_ENDPOINT: server.endpoint },
    );
    expect(server.asked(/^\/large/u)).toEqual([]);
  });

  test('Loci finds what Python downloaded, without the hub', async () => {
    const { commit } = server.add('model', 'o/m', modelFilesOf(weights), { isGated: true });
    const folder = await python(
      `
import json
from huggingface_hub import snapshot_download
print(json.dumps(snapshot_download("o/m", allow_patterns=["*.json", "*.safetensors"])))`,
      { HF_HOME: home, HF_ENDPOINT: server.endpoint, HF_TOKEN: TEST_TOKEN },
    );
    server.reset();
    const { hub } = hubOn(server, home, { HF_HUB_OFFLINE: '1' });
    expect(await hub.model(reference)).toEqual({
      path: folder,
      pinned: `hub:models/o/m@${commit}`,
    });
    expect(server.seen).toEqual([]);
  });
});

describe('a lock', () => {
  const logger = { info: () => undefined };
  const lockFile = () => join(home, 'hub/.locks/models--o--m/abc.lock');

  test('is one for all: the next one waits', async () => {
    const first = await lockBlob(lockFile(), logger);
    let isHeld = false;
    const second = lockBlob(lockFile(), logger).then((lock) => {
      isHeld = true;
      return lock;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isHeld).toBe(false);
    await first.release();
    await (await second).release();
    expect(isHeld).toBe(true);
  });

  test('stops waiting when it is told to', async () => {
    const first = await lockBlob(lockFile(), logger);
    const stop = new AbortController();
    const second = lockBlob(lockFile(), logger, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(second).rejects.toThrow('stopped');
    await first.release();
  });

  withPython('and Python', () => {
    test('wait for each other', async () => {
      mkdirSync(dirname(lockFile()), { recursive: true });
      const holder = spawn(
        'python3',
        [
          '-c',
          `
import sys
from filelock import FileLock
with FileLock(sys.argv[1], mode=0o664):
    print("held", flush=True)
    sys.stdin.read()
`,
          lockFile(),
        ],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      let isHeld = false;
      const lock = lockBlob(lockFile(), logger).then((held) => {
        isHeld = true;
        return held;
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(isHeld).toBe(false);
      holder.stdin.end();
      const held = await lock;
      const tried = await python(
        `
import json, sys
from filelock import FileLock, Timeout
try:
    FileLock("${lockFile()}", timeout=0.2).acquire()
    print(json.dumps("free"))
except Timeout:
    print(json.dumps("held"))`,
        {},
      );
      await held.release();
      expect([tried, existsSync(lockFile())]).toEqual(['held', true]);
    });
  });
});
