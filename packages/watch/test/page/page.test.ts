/** The live page in a browser, over run folders that change while it looks. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeTinyVideo } from '@loci/media/testing';
import type { Browser, Page } from 'playwright-core';
import type { FastifyInstance } from 'fastify';
import { createWatchServer } from '../../src/server/watch-server.ts';
import {
  newRun,
  prediction,
  rollout,
  temporaryFolder,
  writeEvaluation,
  writeFigures,
  writeRollouts,
  writeStep,
} from '../run-folder.ts';
import { CHROMIUM, openBrowser, openPage } from './browser.ts';

const HOSTILE = '<img src=x onerror="window.taken = true"><script>window.taken = true</script>';
const root = temporaryFolder();
let app: FastifyInstance;
let browser: Browser;
let address: string;

/** A process that holds the lock of a run folder, as one that trains does; what it reads from its input ends it in peace. */
async function writerOf(folder: string): Promise<ChildProcess> {
  const program = `import { FolderLock } from '@loci/core';
    const lock = FolderLock.take(process.argv[1]);
    process.stdin.once('data', () => { lock.release(); process.exit(); });
    console.log('held');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    child.stdout!.once('data', resolve);
    child.once('exit', (code) =>
      reject(new Error(`the writer ended with ${code}: is core built?`)),
    );
  });
  return child;
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve));
}

async function addressOf(name: string): Promise<string> {
  const runs = (await (await fetch(`${address}/api/runs`)).json()) as readonly {
    id: string;
    name: string;
  }[];
  return `${address}/#/run/${runs.find((run) => run.name === name)!.id}`;
}

/** Text of an element once it holds what is waited for. */
async function sees(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('the live page', () => {
  beforeAll(async () => {
    const video = join(root, 'room.mp4');
    await writeTinyVideo(video, { frames: 8, fps: 4, width: 96, height: 64 });
    const folder = newRun(root, 'done');
    for (const step of [1, 2, 3, 4])
      writeStep(folder, step, { media: [{ kind: 'video', path: video }] });
    writeRollouts(folder, [rollout(4, 7, 0, { text: HOSTILE, problem: HOSTILE, kind: HOSTILE })]);
    writeEvaluation(join(folder, 'evaluations', 'before'), [
      prediction('a', 1, '3'),
      prediction('b', 0, HOSTILE, [{ kind: 'video', path: video }]),
    ]);
    writeEvaluation(join(folder, 'evaluations', 'after'), [
      prediction('a', 0, '9'),
      prediction('b', 1, '3'),
    ]);
    const other = newRun(root, 'other', { seed: 2 });
    for (const step of [1, 2]) writeStep(other, step);
    app = createWatchServer({ folders: [root], checkRequest: () => undefined, lookEveryMs: 100 });
    address = await app.listen({ host: '127.0.0.1', port: 0 });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  test('loads: the list of runs, then the curves of one, which zoom by keys', async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(address);
    await page.getByRole('link', { name: /done/ }).click();
    await sees(page, 'h1', 'done');
    const reward = page.getByRole('img', { name: /^Reward: reward\/total from 0.1\S* to 0.4/ });
    await reward.waitFor();
    expect(await page.locator('.chart canvas').count()).toBeGreaterThan(4);
    await reward.focus();
    await page.keyboard.press('ArrowLeft');
    await sees(page, '.chart [aria-live]', 'step');
    await page.keyboard.press('+');
    await page.getByRole('button', { name: 'Show all steps' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show all steps' }).waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
  });

  test('compares runs and configs', async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(await addressOf('done'));
    await page.getByText('Compare with other runs').click();
    await page.getByLabel('other').check();
    await sees(page, '.chart .keys', /done.*other/);
    await page.getByRole('link', { name: 'Config' }).click();
    await page.getByLabel('Differences from').selectOption({ label: 'other' });
    await sees(page, 'table.differences', /seed/);
    expect(errors).toEqual([]);
  });

  test('filters rollouts by text, kind and part, and keeps the filter in the address', async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(`${await addressOf('done')}/rollouts`);
    await sees(page, '.found', '17 rollouts');
    await page.getByLabel('Text').fill('<answer>4');
    await sees(page, '.found', '8 of 17 rollouts');
    await page.getByLabel('Kind').selectOption('counting');
    await sees(page, '.found', '4 of 17 rollouts');
    await page.getByLabel('from step').fill('3');
    await sees(page, '.found', '2 of 17 rollouts');
    await page.getByLabel('Part').selectOption('answer');
    await page.getByLabel('least answer').fill('0.5');
    await sees(page, '.empty', 'No rollout passes this filter');
    await page.reload();
    await sees(page, '.empty', 'No rollout passes this filter');
    await page.getByRole('button', { name: 'Clear' }).click();
    await sees(page, '.found', '17 rollouts');
    expect(errors).toEqual([]);
  });

  test('shows a rollout with its group, both maps, reasons and the video, or its frames', async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(`${await addressOf('done')}/rollouts`);
    await page.locator('table.list tbody a').nth(1).click();
    await sees(page, '.member.chosen', 'Completion 2');
    expect(await page.locator('.member').count()).toBe(2);
    await sees(page, '.member', /advantage \+1/);
    await sees(page, '.member', 'one chair is off by a cell');
    await page.getByRole('img', { name: 'True map: chair at 1, 2; table at 5, 5' }).waitFor();
    await page
      .getByRole('img', { name: /^Imagined map: chair at 1, 3/ })
      .first()
      .waitFor();
    const frames = page.getByRole('button', { name: 'Show frames' });
    if (await frames.isVisible()) await frames.click();
    await page.getByRole('img', { name: 'Frame 8 of room.mp4' }).waitFor();
    expect(errors).toEqual([]);
    await page.goto(`${await addressOf('other')}/rollouts/0`);
    await sees(page, '.medium .problem', 'room-0.mp4');
  });

  test('shows evaluations, their failures, and what flipped', async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(`${await addressOf('done')}/evaluations?key=before`);
    await sees(page, '.item', 'Question b?');
    await sees(page, '.found', '1 item');
    await page.locator('summary', { hasText: /^\s*Media/ }).click();
    await page.getByRole('button', { name: 'Show frames' }).click();
    await page.getByAltText('Frame 8 of room.mp4').waitFor();
    await page.getByLabel('Compare with').selectOption({ label: 'after training' });
    await sees(page, '.headline', '1 gained, 1 lost');
    expect(errors).toEqual([]);
  });

  test('shows what a model wrote as text, and runs none of it', async () => {
    const { page } = await openPage(browser);
    for (const place of ['/rollouts?text=taken', '/rollouts/16', '/evaluations?key=before']) {
      await page.goto((await addressOf('done')) + place);
      await page.reload();
      await sees(page, 'main pre, main td', 'onerror="window.taken');
      expect(await page.evaluate('window.taken')).toBeUndefined();
    }
  });

  test('follows a run that goes on: figures, rollouts, alerts, then its end', async () => {
    const folder = newRun(root, 'going', { alerts: { window: 2, maxKl: 0.02 } });
    const writer = await writerOf(folder);
    const { page, errors } = await openPage(browser);
    await page.goto(address);
    await page.getByRole('link', { name: /going/ }).click();
    await sees(page, '.run-head .status', 'running');
    await sees(page, '.tile', 'starting');
    await sees(page, '.tile', /Memory\d+ MB/);
    writeStep(folder, 1);
    await sees(page, '.tile', /1 of 4.*sampling step 2/);
    await page.getByRole('link', { name: 'Rollouts' }).click();
    await sees(page, '.found', '4 rollouts');
    writeRollouts(folder, [rollout(2, 0, 0), rollout(2, 0, 1)]);
    await sees(page, '.found', '6 rollouts');
    await sees(page, '.tile', 'updating in step 2');
    for (const step of [2, 3, 4]) writeFigures(folder, step);
    await sees(page, '.alerts', /Step 3.*KL to the start model/);
    await sees(page, '[role=status]', 'Alert: The KL');
    writer.stdin!.write('end');
    await ended(writer);
    await sees(page, '.run-head .status', 'finished');
    await sees(page, '[role=status]', 'going is now finished');
    expect(errors).toEqual([]);
  });

  test('says so when the process of a run is killed', async () => {
    const folder = newRun(root, 'killed');
    const writer = await writerOf(folder);
    writeStep(folder, 1);
    const { page } = await openPage(browser);
    await page.goto(address);
    await page.getByRole('link', { name: /killed/ }).click();
    await sees(page, '.run-head .status', 'running');
    writer.kill('SIGKILL');
    await ended(writer);
    await sees(page, '.run-head .status', 'killed');
    await sees(page, '.tile', '1 of 4');
  });

  test('says so when the server is gone', async () => {
    const own = createWatchServer({
      folders: [root],
      checkRequest: () => undefined,
      lookEveryMs: 100,
    });
    const { page } = await openPage(browser);
    await page.goto(await own.listen({ host: '127.0.0.1', port: 0 }));
    await sees(page, '.runs', 'done');
    await own.close();
    await sees(page, '.connection', 'cannot be reached');
    await sees(page, '.runs', 'done');
  });
});
