/** Downloads as a command makes them, against a server of ours, with what goes wrong on the way. */
import {
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import { parseReference } from '../src/reference.ts';
import { HubServer, TEST_TOKEN, commitTo } from '../src/testing/index.ts';
import { gitSha1, sha256 } from '../src/testing/stored-repository.ts';
import { bytes, hubOn, modelFilesOf, newFolder } from './support/workplace.ts';

const model = (text: string) => parseReference(text, 'model');

let server: HubServer;
let home: string;
const weights = bytes(1_200_000);

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

async function failureOf(work: Promise<unknown>): Promise<LociError> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(LociError.is(thrown)).toBe(true);
  return thrown as LociError;
}

describe('a model', () => {
  test('comes with what is needed and nothing else, and says so before', async () => {
    const { commit } = server.add('model', 'o/m', modelFilesOf(weights));
    const { hub, told } = hubOn(server, home);
    const { path, pinned } = await hub.model(model('hub:o/m'));
    expect(pinned).toBe(`hub:models/o/m@${commit}`);
    expect(path).toBe(join(home, 'hub/models--o--m/snapshots', commit));
    expect(readdirSync(path).sort()).toEqual(
      ['config.json', 'model.safetensors', 'preprocessor_config.json', 'tokenizer.json'].sort(),
    );
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
    expect(server.asked(/\.bin|onnx|pth|README/u)).toEqual([]);
    const saying = told.lines.findIndex((line) => /4 files, 1\.2 MB/u.test(line));
    expect(told.lines[saying]).toContain(join(home, 'hub/models--o--m'));
    expect(told.progress.at(-1)).toBe(1); // of 1.2 MB
    expect(told.lines[saying - 1]).toContain(`o/m at main is commit ${commit}`);
  });

  test('lies as the cache of Python has it', async () => {
    const { commit } = server.add('model', 'o/m', modelFilesOf(weights));
    await hubOn(server, home).hub.model(model('hub:o/m'));
    const cache = join(home, 'hub/models--o--m');
    expect(readFileSync(join(cache, 'refs/main'), 'utf8')).toBe(commit);
    const link = join(cache, 'snapshots', commit, 'model.safetensors');
    expect(readlinkSync(link)).toBe(`../../blobs/${sha256(weights)}`);
    const config = join(cache, 'snapshots', commit, 'config.json');
    expect(readlinkSync(config)).toBe(`../../blobs/${gitSha1(readFileSync(config))}`);
    expect(
      readdirSync(join(cache, 'blobs')).filter((name) => /incomplete|lock/u.test(name)),
    ).toEqual([]);
    const tree = JSON.parse(readFileSync(join(cache, 'trees', `${commit}.json`), 'utf8'));
    expect(tree).toMatchObject({
      format_version: 1,
      files: { 'model.safetensors': { size: 1_200_000, lfs_sha256: sha256(weights) } },
    });
  });

  test('that is there asks for its commit alone; by its commit, it asks nobody', async () => {
    const { commit } = server.add('model', 'o/m', modelFilesOf(weights));
    await hubOn(server, home).hub.model(model('hub:o/m'));
    server.reset();
    await hubOn(server, home).hub.model(model('hub:o/m'));
    expect(server.seen.map(({ path }) => path)).toEqual(['/api/models/o/m/revision/main']);
    server.reset();
    await hubOn(server, home).hub.model(model(`hub:o/m@${commit}`));
    expect(server.seen).toEqual([]);
  });

  test('in shards comes by its index', async () => {
    server.add('model', 'o/big', {
      ...{ 'config.json': '{}', 'model.safetensors.index.json': '{}' },
      ...{ 'model-00001-of-00002.safetensors': 'a', 'model-00002-of-00002.safetensors': 'b' },
      'consolidated.safetensors': 'c',
    });
    const { path } = await hubOn(server, home).hub.model(model('hub:o/big'));
    expect(readdirSync(path)).toHaveLength(4);
    expect(existsSync(join(path, 'consolidated.safetensors'))).toBe(false);
  });

  test('without safetensors is an error that names what there is', async () => {
    server.add('model', 'o/old', { 'config.json': '{}', 'pytorch_model.bin': 'x' });
    const error = await failureOf(hubOn(server, home).hub.model(model('hub:o/old')));
    expect(error).toMatchObject({ code: 'hub-no-weights' });
    expect(error.message).toMatch(/pytorch_model\.bin.*safetensors/u);
  });

  test('in a folder of its repository is that folder', async () => {
    server.add('model', 'o/many', { 'a/config.json': '1', 'a/model.safetensors': 'a', 'b/x': 'b' });
    const { hub } = hubOn(server, home);
    const { path } = await hub.model(model('hub:o/many/a'));
    expect(readdirSync(path).sort()).toEqual(['config.json', 'model.safetensors']);
    const error = await failureOf(hub.model(model('hub:o/many')));
    expect(error.message).toContain('hub:o/many@REVISION/a');
  });

  test('whose revision moved stays the recorded one, and a new run takes the new one', async () => {
    const repository = server.add('model', 'o/m', modelFilesOf(weights));
    const first = await hubOn(server, home).hub.model(model('hub:o/m@main'));
    const moved = commitTo(repository, modelFilesOf(bytes(1_200_000, 2)));
    const again = await hubOn(server, home).hub.model(model(first.pinned));
    expect(again).toEqual(first);
    const fresh = await hubOn(server, home).hub.model(model('hub:o/m@main'));
    expect(fresh.pinned).toBe(`hub:models/o/m@${moved}`);
    expect(readFileSync(join(home, 'hub/models--o--m/refs/main'), 'utf8')).toBe(moved);
    expect(readFileSync(join(first.path, 'model.safetensors')).equals(weights)).toBe(true);
  });
});

describe('who may read', () => {
  test('a gated repository says what to do, with and without a token', async () => {
    server.add('model', 'o/gated', modelFilesOf(weights), { isGated: true });
    const error = await failureOf(hubOn(server, home).hub.model(model('hub:o/gated')));
    expect(error).toMatchObject({ code: 'hub-gated' });
    expect(error.message).toContain(`accept its terms at ${server.endpoint}/o/gated`);
    expect(error.message).toMatch(/settings\/tokens.*HF_TOKEN.*hf auth login/u);
    const { hub } = hubOn(server, home, { HF_TOKEN: TEST_TOKEN });
    expect((await hub.model(model('hub:o/gated'))).path).toContain('models--o--gated');
  });

  test('the token goes to the hub and to no other address', async () => {
    server.add('model', 'o/private', modelFilesOf(weights), { isPrivate: true });
    await hubOn(server, home, { HF_TOKEN: TEST_TOKEN }).hub.model(model('hub:o/private'));
    const hosts = (host: string) => server.seen.filter((request) => request.host === host);
    expect(new Set(hosts('hub').map((request) => request.authorization))).toEqual(
      new Set([`Bearer ${TEST_TOKEN}`]),
    );
    expect(hosts('files')).toHaveLength(1);
    expect(hosts('files')[0]!.authorization).toBeUndefined();
    const kept = readdirSync(home, { recursive: true, encoding: 'utf8' })
      .map((name) => join(home, name))
      .filter((path) => lstatSync(path).isFile())
      .map((path) => readFileSync(path, 'latin1'));
    expect(kept.length).toBeGreaterThan(4);
    expect(kept.filter((text) => text.includes(TEST_TOKEN))).toEqual([]);
  });

  test('a token that the hub does not know is in no message', async () => {
    server.add('model', 'o/m', modelFilesOf(weights));
    const wrong = 'hf_wrongTokenOfNobody999';
    const error = await failureOf(
      hubOn(server, home, { HF_TOKEN: wrong }).hub.model(model('hub:o/m')),
    );
    expect(error).toMatchObject({ code: 'hub-unauthorized' });
    expect(error.message).toMatch(/token from HF_TOKEN.*Bearer \[hub token\]/u);
    expect(JSON.stringify(error)).not.toContain(wrong);
  });

  test('403 names the right that is lacking', async () => {
    server.add('model', 'o/m', modelFilesOf(weights));
    server.fail({ at: /revision/u, status: 403 });
    const { hub } = hubOn(server, home, { HF_TOKEN: TEST_TOKEN });
    const error = await failureOf(hub.model(model('hub:o/m')));
    expect(error).toMatchObject({ code: 'hub-forbidden' });
    expect(error.message).toMatch(/token from HF_TOKEN may lack the right/u);
  });

  test.each([
    ['hub:o/none', 'hub-unauthorized', /There is no repository o\/none, or it is private/u],
    ['hub:o/m@v9', 'hub-revision', /no such revision: .*\/o\/m\/tree\/main/u],
  ])('%s', async (text, code, message) => {
    server.add('model', 'o/m', modelFilesOf(weights));
    const error = await failureOf(hubOn(server, home).hub.model(model(text)));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });
});

describe('offline', () => {
  test('takes what is there, and names what is not', async () => {
    const { commit } = server.add('model', 'o/m', modelFilesOf(weights));
    const { path } = await hubOn(server, home).hub.model(model('hub:o/m'));
    server.reset();
    const offline = () => hubOn(server, home, { HF_HUB_OFFLINE: '1' }).hub;
    expect(await offline().model(model('hub:o/m'))).toEqual({
      path,
      pinned: `hub:models/o/m@${commit}`,
    });
    const missing = await failureOf(offline().model(model('hub:o/other')));
    expect(missing.message).toMatch(/o\/other at main was not downloaded.*hf download/u);
    const weightsOf = join(home, 'hub/models--o--m/blobs', sha256(weights));
    writeFileSync(weightsOf, weights.subarray(0, 10));
    const partial = await failureOf(offline().model(model('hub:o/m')));
    expect(partial).toMatchObject({ code: 'hub-offline' });
    expect(partial.message).toMatch(
      /lacks model\.safetensors of [^,]+, and HF_HUB_OFFLINE is set/u,
    );
    expect(server.seen).toEqual([]);
  });
});

test('a path that leads out of the folder stops everything', async () => {
  server.add('model', 'o/evil', { ...modelFilesOf(weights), '../../evil.json': 'x' });
  const error = await failureOf(hubOn(server, home).hub.model(model('hub:o/evil')));
  expect(error).toMatchObject({ code: 'hub-path' });
  expect(existsSync(join(home, 'hub/models--o--evil/blobs'))).toBe(false);
});
