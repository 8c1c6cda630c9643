/** What goes wrong while files come: each download ends whole, or in an error that says what to do. */
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import { parseReference } from '../../src/reference.ts';
import { HubServer } from '../../src/testing/index.ts';
import { sha256 } from '../../src/testing/stored-repository.ts';
import { bytes, hubOn, modelFilesOf, newFolder } from '../support/workplace.ts';

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

describe('what goes wrong on the way', () => {
  beforeEach(() => {
    server.add('model', 'o/m', modelFilesOf(weights));
  });
  const blob = () => join(home, 'hub/models--o--m/blobs', sha256(weights));

  test('a cut transfer goes on where it stopped', async () => {
    server.fail({ at: /^\/large/u, cutAfter: 100_000 });
    await hubOn(server, home).hub.model(model('hub:o/m'));
    expect(readFileSync(blob()).equals(weights)).toBe(true);
    expect(server.asked(/^\/large/u).map(({ range }) => range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=[1-9]\d*-$/u),
    ]);
  }, 20_000);

  test('what another process left goes on, in another process', async () => {
    mkdirSync(join(home, 'hub/models--o--m/blobs'), { recursive: true });
    writeFileSync(`${blob()}.incomplete`, weights.subarray(0, 123_456));
    const { hub, told } = hubOn(server, home);
    await hub.model(model('hub:o/m'));
    expect(server.asked(/^\/large/u).map(({ range }) => range)).toEqual(['bytes=123456-']);
    expect(told.lines.join('\n')).toMatch(/4 files, 1\.1 MB/u);
    expect(readFileSync(blob()).equals(weights)).toBe(true);
  });

  test('what is left of another file begins anew', async () => {
    mkdirSync(join(home, 'hub/models--o--m/blobs'), { recursive: true });
    writeFileSync(`${blob()}.incomplete`, bytes(200_000, 9));
    await hubOn(server, home).hub.model(model('hub:o/m'));
    expect(readFileSync(blob()).equals(weights)).toBe(true);
  });

  test('a server that sends all in place of a part is understood', async () => {
    mkdirSync(join(home, 'hub/models--o--m/blobs'), { recursive: true });
    writeFileSync(`${blob()}.incomplete`, weights.subarray(0, 1000));
    server.fail({ at: /^\/large/u, ignoreRange: true });
    await hubOn(server, home).hub.model(model('hub:o/m'));
    expect(readFileSync(blob()).equals(weights)).toBe(true);
  });

  test.each([
    ['checksum', { corrupt: true as const }, /the checksum [0-9a-f]{64} in place of/u],
    ['size', { longerBy: 7 }, /1200007 bytes in place of 1200000/u],
  ])('a wrong %s is tried once more, then nothing is kept', async (_, fault, message) => {
    server.fail({ at: /^\/large/u, ...fault });
    await hubOn(server, home).hub.model(model('hub:o/m'));
    expect(readFileSync(blob()).equals(weights)).toBe(true);
    home = newFolder();
    server.fail({ at: /^\/large/u, times: 2, ...fault });
    const error = await failureOf(hubOn(server, home).hub.model(model('hub:o/m')));
    expect(error).toMatchObject({ code: 'hub-damaged' });
    expect(error.message).toMatch(message);
    expect(existsSync(blob()) || existsSync(`${blob()}.incomplete`)).toBe(false);
  });

  test('a wrong checksum of a small file is found, too', async () => {
    server.fail({ at: /tokenizer\.json$/u, times: 2, corrupt: true });
    const error = await failureOf(hubOn(server, home).hub.model(model('hub:o/m')));
    expect(error.message).toMatch(/tokenizer\.json arrived with the checksum [0-9a-f]{40} /u);
  });

  test('429 waits as long as the hub asks', async () => {
    const headers = { 'retry-after': '17' };
    server.fail({ at: /revision/u, status: 429, headers, times: 2 });
    const { hub, told } = hubOn(server, home);
    await hub.model(model('hub:o/m'));
    expect(told.waits.slice(0, 2)).toEqual([17_000, 17_000]);
    expect(told.lines).toContain('the hub answered 429: next attempt in 17 s');
  });

  test('429 that asks for an hour ends with when to try again', async () => {
    server.fail({ at: /revision/u, status: 429, headers: { 'retry-after': '3600' } });
    const error = await failureOf(hubOn(server, home).hub.model(model('hub:o/m')));
    expect(error).toMatchObject({ code: 'hub-busy' });
    expect(error.message).toMatch(/in 3600 s.*HF_TOKEN/u);
  });

  test('503 of the host of large files is tried again', async () => {
    server.fail({ at: /^\/large/u, status: 503, times: 3 });
    await hubOn(server, home).hub.model(model('hub:o/m'));
    expect(readFileSync(blob()).equals(weights)).toBe(true);
  });

  test('a hub that fails without end is an error; what was there before does, with a warning', async () => {
    server.fail({ at: /revision/u, status: 500, times: 99 });
    const error = await failureOf(hubOn(server, home).hub.model(model('hub:o/m')));
    expect(error).toMatchObject({ code: 'hub-busy', details: { status: 500 } });
    server.reset();
    const { path } = await hubOn(server, home).hub.model(model('hub:o/m'));
    server.fail({ at: /revision/u, status: 500, times: 99 });
    const { hub, told } = hubOn(server, home);
    expect((await hub.model(model('hub:o/m'))).path).toBe(path);
    expect(told.lines.join('\n')).toMatch(
      /warning: .*Loci uses the earlier download of [^,]+, at commit/u,
    );
  });

  test('two at once write each file once', async () => {
    await Promise.all([1, 2].map(() => hubOn(server, home).hub.model(model('hub:o/m'))));
    expect(server.asked(/^\/large/u)).toHaveLength(1);
    expect(lstatSync(blob()).isFile()).toBe(true);
  });

  test('without a connection the message says what can be done', async () => {
    const gone = await HubServer.start();
    await gone.close();
    const error = await failureOf(hubOn(gone, home).hub.model(model('hub:o/m')));
    expect(error).toMatchObject({ code: 'hub-unreachable' });
    expect(error.message).toMatch(/ECONNREFUSED.*HF_ENDPOINT.*HF_HUB_OFFLINE/u);
  });
});
