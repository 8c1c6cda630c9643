import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { HostedJob, HostedState } from '../../src/run/job-host.ts';
import { ProcessHost } from '../../src/run/process-host.ts';

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'loci-process-'));
}

function job(entrypoint: string, change: Partial<HostedJob> = {}): HostedJob {
  const files = new Map([['shim/a.txt', Buffer.from('from a file')]]);
  const environment = { GREETING: "it's me" };
  return { id: 'loci-a-1', entrypoint, files, environment, purpose: 'train', ...change };
}

async function end(host: ProcessHost, id = 'loci-a-1'): Promise<HostedState> {
  for (let tries = 0; tries < 500; tries++) {
    const state = await host.look(id);
    if (state !== undefined && state.status !== 'RUNNING') return state;
    await sleep(20);
  }
  throw new Error('no end');
}

describe('a process', () => {
  test('runs with its files and variables, and reports how it ended', async () => {
    const host = new ProcessHost(folder());
    await host.start(job('cat shim/a.txt; echo " $GREETING"; exit 3'));
    expect(await end(host)).toMatchObject({ status: 'FAILED', exitCode: 3 });
    expect(await host.log('loci-a-1')).toBe("from a file it's me\n");
    await host.start(job('true', { id: 'loci-a-2' }));
    expect(await end(host, 'loci-a-2')).toMatchObject({ status: 'SUCCEEDED' });
    expect(await host.look('loci-a-3')).toBeUndefined();
  });

  test('runs once, started by several at once and again later', async () => {
    const place = folder();
    const once = job(`echo x >>${place}/count; sleep 0.2`);
    await Promise.all([1, 2, 3].map(() => new ProcessHost(place).start(once)));
    const host = new ProcessHost(place);
    await end(host);
    await host.start(once);
    await sleep(300);
    expect(readFileSync(join(place, 'count'), 'utf8')).toBe('x\n');
  });

  test('is stopped with all that it started', async () => {
    const place = folder();
    const host = new ProcessHost(place);
    await host.start(job(`(sleep 2; touch ${place}/late) & sleep 60`));
    expect(await host.look('loci-a-1')).toMatchObject({ status: 'RUNNING' });
    await host.stop('loci-a-1');
    expect(await host.look('loci-a-1')).toMatchObject({ status: 'STOPPED' });
    await sleep(2200);
    expect(existsSync(join(place, 'late'))).toBe(false);
  });

  test('that was killed has failed, with the reason', async () => {
    const place = folder();
    const host = new ProcessHost(place);
    await host.start(job('sleep 60'));
    const group = Number(readFileSync(join(place, 'loci-a-1', 'group'), 'utf8'));
    process.kill(-group, 'SIGKILL');
    const state = await end(host);
    expect(state).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('was killed'),
    });
  });
});
