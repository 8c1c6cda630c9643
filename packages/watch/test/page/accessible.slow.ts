/** The live page for those who use keys and screen readers, and on phones: axe-core on every view, and no view wider than its window. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { FastifyInstance } from 'fastify';
import { createWatchServer } from '../../src/server/watch-server.ts';
import { newRun, prediction, temporaryFolder, writeEvaluation, writeStep } from '../run-folder.ts';
import { CHROMIUM, openBrowser, openPage } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const inBrowser = CHROMIUM === undefined ? describe.skip : describe;
let app: FastifyInstance;
let browser: Browser;
let run: string;

inBrowser('the live page', () => {
  beforeAll(async () => {
    const folder = newRun(temporaryFolder(), 'done', { alerts: { window: 1, maxKl: 0.001 } });
    for (const step of [1, 2, 3, 4]) writeStep(folder, step);
    writeEvaluation(join(folder, 'evaluations', 'before'), [prediction('b', 0, '4')]);
    app = createWatchServer({ folders: [folder], checkRequest: () => undefined });
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const [{ id }] = (await (await fetch(`${address}/api/runs`)).json()) as [{ id: string }];
    run = `${address}/#/run/${id}`;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('is accessible in the %s theme at %i pixels', async (colorScheme, width) => {
    const { page, errors } = await openPage(browser, { colorScheme, width });
    for (const place of ['', '/rollouts', '/rollouts/0', '/evaluations', '/config']) {
      await page.goto(run + place);
      await page.reload();
      await page.locator('.chart, .list, .member, .item, pre.config').first().waitFor();
      const shown = await page.evaluate('document.scrollingElement.scrollWidth');
      expect([place, shown]).toEqual([place, width]);
      expect([place, await violations(page)]).toEqual([place, []]);
    }
    expect(errors).toEqual([]);
  });
});

/** What axe finds wrong, as `rule: element`. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run()')) as { readonly violations: readonly Violation[] };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`),
  );
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
