/** The client against a head of ours with the faults that matter. */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { rayAddress } from '../../src/ray/address.ts';
import { Patience } from '../../src/ray/patience.ts';
import { RayJobs } from '../../src/ray/ray-jobs.ts';
import type { JobRequest } from '../../src/ray/ray-jobs.ts';
import { submitOnce } from '../../src/ray/submit-once.ts';
import { headWith } from './open-heads.ts';

function clientOf({ url }: { readonly url: string }, tokenFile?: string): RayJobs {
  return new RayJobs({ address: rayAddress(url), tokenFile });
}

function tokenFile(token: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'loci-token-')), 'token');
  writeFileSync(file, token);
  chmodSync(file, 0o600);
  return file;
}

const noted: string[] = [];
const logger = {
  info: (line: string) => noted.push(line),
  warn: (line: string) => noted.push(line),
};
const patient = (forMs = 5000): Patience => new Patience({ forMs, firstWaitMs: 10, logger });

function job(change: Partial<JobRequest> = {}): JobRequest {
  const submissionId = 'loci-a-1';
  const metadata = { loci_run: 'run-a' };
  return { submissionId, entrypoint: 'echo working; exit 0', environment: {}, metadata, ...change };
}

async function ended(client: RayJobs, id: string) {
  for (let tries = 0; tries < 200; tries++) {
    const found = await client.find(id);
    if (found !== undefined && !['PENDING', 'RUNNING'].includes(found.status)) return found;
    await sleep(20);
  }
  throw new Error(`${id} has no end`);
}

describe('a head', () => {
  test('runs a job with its files, variables and log', async () => {
    const client = clientOf(await headWith());
    expect(await client.version()).toEqual({ version: '2.58.0', session: 'session_1' });
    const workingDirectory = await client.upload([
      { path: 'shim/a.txt', content: 'from the shim' },
    ]);
    expect(workingDirectory).toMatch(/^gcs:\/\/_ray_pkg_[0-9a-f]{32}\.zip$/u);
    const entrypoint = 'cat shim/a.txt; echo " $GREETING"';
    await client.submit(job({ entrypoint, workingDirectory, environment: { GREETING: 'hello' } }));
    expect(await ended(client, 'loci-a-1')).toMatchObject({
      submissionId: 'loci-a-1',
      status: 'SUCCEEDED',
      exitCode: 0,
      metadata: { loci_run: 'run-a' },
    });
    expect(await client.log('loci-a-1')).toContain('from the shim hello\n');
    expect(await client.list()).toHaveLength(1);
    await client.delete('loci-a-1');
    expect(await client.find('loci-a-1')).toBeUndefined();
  });

  test('is sent the same files once', async () => {
    const head = await headWith();
    const client = clientOf(head);
    const files = [{ path: 'a', content: 'b' }];
    expect(await client.upload(files)).toBe(await client.upload(files));
    expect(head.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  });

  test('that loses the files is an error', async () => {
    const client = clientOf(await headWith({ losesPackages: true }));
    await expect(client.upload([{ path: 'a', content: 'b' }])).rejects.toMatchObject({
      code: 'upload-lost',
    });
  });

  test('fails a job, and stops one', async () => {
    const client = clientOf(await headWith());
    await client.submit(job({ entrypoint: 'echo so; exit 3' }));
    expect(await ended(client, 'loci-a-1')).toMatchObject({ status: 'FAILED', exitCode: 3 });
    await client.submit(job({ submissionId: 'loci-a-2', entrypoint: 'sleep 60' }));
    await expect(client.delete('loci-a-2')).rejects.toMatchObject({
      code: 'ray-refused',
      message: expect.stringContaining('non-terminal state'),
    });
    await client.stop('loci-a-2');
    expect(await ended(client, 'loci-a-2')).toMatchObject({ status: 'STOPPED' });
  });
});

describe('a token', () => {
  test('comes from its file, which may change meanwhile', async () => {
    const head = await headWith({ token: 'first' });
    const file = tokenFile('first\n');
    const client = clientOf(head, file);
    expect((await client.version()).version).toBe('2.58.0');
    head.faults.token = 'second';
    writeFileSync(file, 'second');
    expect((await client.version()).version).toBe('2.58.0');
  });

  test('that is missing is an error with a remedy', async () => {
    const client = clientOf(await headWith({ token: 'right' }));
    await expect(client.version()).rejects.toMatchObject({
      code: 'ray-unauthorized',
      message: expect.stringMatching(/asks for a token \(status 401\).*trainer\.tokenFile/u),
    });
  });

  test('that is wrong is an error that never shows the token', async () => {
    const file = tokenFile('wrong-and-secret');
    const client = clientOf(await headWith({ token: 'right' }), file);
    const thrown = await client.version().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'ray-forbidden' });
    expect(String(thrown)).toContain(file);
    expect(String(thrown)).not.toContain('wrong-and-secret');
  });

  test.each([
    ['', 'token-malformed'],
    ['two words', 'token-malformed'],
  ])('"%s" is none', async (token, code) => {
    const client = clientOf(await headWith(), tokenFile(token));
    await expect(client.version()).rejects.toMatchObject({ code });
  });

  test('whose file is missing is an error with its path', async () => {
    const client = clientOf(await headWith(), '/nowhere/token');
    await expect(client.version()).rejects.toMatchObject({
      code: 'token-unreadable',
      message: expect.stringContaining('/nowhere/token'),
    });
  });
});

describe('sending a job once', () => {
  test('waits for a head that starts slowly', async () => {
    const head = await headWith({ startsAfter: 3, lacksAgent: 2 });
    const client = clientOf(head);
    await submitOnce(client, job(), patient());
    await ended(client, 'loci-a-1');
    expect(head.started).toHaveLength(1);
  });

  test('finds the job whose answer was lost', async () => {
    const head = await headWith({ losesAnswers: 1 });
    const found = await submitOnce(clientOf(head), job({ entrypoint: 'sleep 5' }), patient());
    expect(found.submissionId).toBe('loci-a-1');
    await sleep(50);
    expect(head.started).toEqual(['sleep 5']);
  });

  test('makes no second job, asked again or by two at once', async () => {
    const head = await headWith({ pendingMs: 30 });
    const asked = job({ entrypoint: 'sleep 5' });
    const ask = () => submitOnce(clientOf(head), asked, patient());
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    await sleep(60);
    expect(head.started).toHaveLength(1);
    expect(head.jobs).toHaveLength(1);
  });

  test('does not take the job of another run for its own', async () => {
    const head = await headWith();
    const client = clientOf(head);
    await submitOnce(client, job({ metadata: { loci_run: 'run-b' } }), patient());
    await expect(submitOnce(client, job(), patient())).rejects.toMatchObject({
      code: 'ray-id-taken',
    });
  });

  test('gives up on an unreachable head, with the time that it tried', async () => {
    const head = await headWith();
    await head.cut();
    await expect(submitOnce(clientOf(head), job(), patient(60))).rejects.toMatchObject({
      code: 'ray-unreachable',
      message: expect.stringMatching(/does not answer at .*\(tried for 0 s\)/u),
    });
  });

  test('does not ask again after a refusal', async () => {
    const head = await headWith({ token: 'right' });
    await expect(submitOnce(clientOf(head), job(), patient())).rejects.toMatchObject({
      code: 'ray-unauthorized',
    });
    expect(head.requests).toHaveLength(1);
  });
});

test('another server than a dashboard is an error with its answer', async () => {
  const { createServer } = await import('node:http');
  const server = createServer((_, response) => response.end('<html>a router</html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const client = clientOf({ url: `http://127.0.0.1:${port}` });
  await expect(client.version()).rejects.toMatchObject({
    code: 'ray-answer',
    message: expect.stringContaining('is not a Ray dashboard'),
  });
  server.closeAllConnections();
  server.close();
});
