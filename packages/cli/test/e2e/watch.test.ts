/** The live page as a person starts it: built, in a process of its own, stopped by Ctrl-C. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';

/** The status of a request that calls the server by another name. */
function statusAs(host: string, address: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(address, { headers: { host } }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('watch', () => {
  test('serves the page of the runs in a folder until Ctrl-C, under names of this machine alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-watch-'));
    mkdirSync(join(folder, 'runs/first'), { recursive: true });
    writeFileSync(join(folder, 'runs/first/config.yaml'), 'steps: 3\n');
    const running = startCommand(folder, ['watch', '--port', '0']);
    let printed = '';
    running.process.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await running.sees(/page {5}http:\/\/127\.0\.0\.1:\d+ /);
    const address = /http:\S+/.exec(printed)![0];
    expect(await (await fetch(address)).text()).toContain('<div id="page"></div>');
    const runs = (await (await fetch(`${address}/api/runs`)).json()) as unknown;
    expect(runs).toMatchObject([{ name: 'first', status: 'stopped', steps: 3 }]);
    expect(await statusAs('evil.example', `${address}/api/runs`)).toBe(421);
    expect(await statusAs('localhost:9', `${address}/api/runs`)).toBe(200);

    const port = new URL(address).port;
    const second = await runCommand(folder, ['watch', '--port', port]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`Port ${port} is taken: choose another with --port`);

    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('names a folder that is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-watch-'));
    const { code, stderr } = await runCommand(folder, ['watch', 'nowhere']);
    expect(code).toBe(1);
    expect(stderr).toContain(`There is no ${join(folder, 'nowhere')}: name a run`);
  });
});
